"""The further places of a meeting, with their seats."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    """Meetings that were fixed before are at one place."""
    op.add_column("meetings", sa.Column("remote", JSONB(), nullable=False, server_default=sa.text("'[]'")))
