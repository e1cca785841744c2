"""Accounts, organisations, memberships, permissions, sessions and signing."""
