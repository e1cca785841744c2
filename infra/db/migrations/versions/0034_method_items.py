"""Pass/fail items frozen with the document."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Forward; documents frozen before are examined as a whole, not item by item."""
    for table in ("documents", "document_versions"):
        op.add_column(
            table, sa.Column("examination", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False)
        )
