"""Draws, lotteries and fees: an expert finds the own attendance that is not settled yet by a keyed tag."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Rows from before have no tag; they are unsealed one by one until they are settled."""
    op.add_column("attendances", sa.Column("payee_tag", sa.LargeBinary))
    op.create_index("ix_attendances_payee_tag", "attendances", ["payee_tag"])
