"""Time tokens of checkpoints and published bundles."""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Forward."""
