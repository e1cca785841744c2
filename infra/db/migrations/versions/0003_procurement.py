"""Reserved: tables of procurement."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Forward."""
