"""A section that is called anew names the failed one that it follows."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Older sections follow none."""
    op.add_column("sections", sa.Column("follows", sa.String(129)))
    op.create_foreign_key(op.f("fk_sections_follows_sections"), "sections", "sections", ["follows"], ["id"])
    op.create_index(op.f("ix_sections_follows"), "sections", ["follows"])
