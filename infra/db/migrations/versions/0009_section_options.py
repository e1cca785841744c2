"""What a section asks of its bids besides parts: the sealing suite, and whether the bidder keeps a factor of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Forward."""
    op.add_column(
        "sections", sa.Column("suite", sa.String(40), nullable=False, server_default="X25519-AES256GCM-SHA512")
    )
    op.add_column("sections", sa.Column("bidder_factor", sa.Boolean(), nullable=False, server_default=sa.false()))
