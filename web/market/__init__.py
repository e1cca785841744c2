"""Public pages of the marketplace."""
