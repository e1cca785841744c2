"""What trustees report: readiness, rehearsals, hosts."""

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Forward."""
