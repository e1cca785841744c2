"""Recusal: a merger of employers is looked up from either side."""

from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Forward."""
    op.create_index("ix_employer_changes_new", "employer_changes", ["new"])
