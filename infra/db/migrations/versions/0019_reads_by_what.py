"""Ways to search the access log by what was read, by the kind of read and by how it ended; rehearsals by their section."""

from alembic import op

revision = "0019"
down_revision = "0020"


def upgrade() -> None:
    """Forward."""
    for column in ("read", "subject", "outcome"):
        op.create_index(f"ix_access_log_{column}", "access_log", [column, "at"])
    op.create_index("ix_bid_rehearsals_section", "bid_rehearsals", ["section"])
