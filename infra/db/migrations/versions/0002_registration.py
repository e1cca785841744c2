"""Reserved: tables of registration."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Forward."""
