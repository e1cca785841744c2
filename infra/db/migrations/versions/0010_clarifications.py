"""Questions, answers, addenda and subscriptions to a tender document."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Forward."""
