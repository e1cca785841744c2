"""Signing in and out, the role one acts in."""
