"""Invitations found by their own expert, and a second message where one is withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Forward."""
    op.add_column("invitations", sa.Column("own_tag", sa.LargeBinary()))
    op.create_index(op.f("ix_invitations_own_tag"), "invitations", ["own_tag"])
    op.add_column("dispatches", sa.Column("purpose", sa.String(8), server_default="call", nullable=False))
    op.create_check_constraint(op.f("ck_dispatches_purpose_known"), "dispatches", "purpose IN ('call', 'cancel')")
    op.drop_constraint(op.f("uq_dispatches_invitation_turn"), "dispatches")
    op.create_unique_constraint(
        op.f("uq_dispatches_invitation_purpose_turn"), "dispatches", ["invitation", "purpose", "turn"]
    )
