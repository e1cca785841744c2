"""The day itself: identity check, commitment, sign-out, hours and fees."""
