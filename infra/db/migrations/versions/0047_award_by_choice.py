"""Sections in which the procuring entity chooses the winner among the candidates."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    """Everywhere else the first in the ranking wins, as before."""
    op.add_column("sections", sa.Column("by_choice", sa.Boolean(), server_default=sa.false(), nullable=False))
