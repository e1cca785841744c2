"""Remedies, factor windows and decisions of an opening."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Forward."""
