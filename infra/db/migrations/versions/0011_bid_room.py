"""Consortia, rehearsals and what the bid room keeps."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Forward."""
