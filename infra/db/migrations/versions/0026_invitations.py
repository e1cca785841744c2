"""Invitations to those who were drawn, the meetings they are called to, and the messages that carry them."""

import sqlalchemy as sa
from alembic import op

from infra.db.migrations.regions import policies

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Forward."""
    _meetings()
    _invitations()
    _dispatches()
    for table in ("meetings", "invitations", "dispatches"):
        op.create_index(op.f(f"ix_{table}_region"), table, ["region"])
        for statement in policies(table):
            op.execute(statement)


def _meetings() -> None:
    op.create_table(
        "meetings",
        sa.Column("draw", sa.String(140), sa.ForeignKey("draws.id", name=op.f("fk_meetings_draw_draws"))),
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("meet_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("draw", name=op.f("pk_meetings")),
        sa.CheckConstraint('"window" > 0', name=op.f("ck_meetings_has_window")),
    )


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("section", sa.String(129), nullable=False),
        sa.Column("draw", sa.String(140), nullable=False),
        sa.Column("seat", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed_expert", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_code", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("meet_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("decline_kind", sa.String(12)),
        sa.Column("sealed_note", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("seat", name=op.f("uq_invitations_seat")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitations_code_hash")),
        sa.CheckConstraint(
            "state IN ('sent', 'accepted', 'declined', 'unanswered', 'withdrawn')",
            name=op.f("ck_invitations_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'declined') OR answered_at IS NOT NULL",
            name=op.f("ck_invitations_answer_has_time"),
        ),
        sa.CheckConstraint(
            "(state = 'declined') = (decline_kind IS NOT NULL)", name=op.f("ck_invitations_declined_has_kind")
        ),
        sa.CheckConstraint("ends_at <= meet_at", name=op.f("ck_invitations_ends_before_meeting")),
    )
    op.create_index(op.f("ix_invitations_section"), "invitations", ["section"])


def _dispatches() -> None:
    op.create_table(
        "dispatches",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("invitation", sa.String(64), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True)),
        sa.Column("gateway_ref", sa.String(120)),
        sa.Column("why", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatches")),
        sa.ForeignKeyConstraint(["invitation"], ["invitations.id"], name=op.f("fk_dispatches_invitation_invitations")),
        sa.UniqueConstraint("invitation", "turn", name=op.f("uq_dispatches_invitation_turn")),
        sa.CheckConstraint("channel IN ('sms', 'voice', 'mail')", name=op.f("ck_dispatches_channel_known")),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'delivered', 'kept', 'failed')", name=op.f("ck_dispatches_state_known")
        ),
        sa.CheckConstraint("(state = 'queued') = (next_at IS NOT NULL)", name=op.f("ck_dispatches_queued_has_time")),
    )
    op.create_index(op.f("ix_dispatches_invitation"), "dispatches", ["invitation"])
    op.create_index(op.f("ix_dispatches_gateway_ref"), "dispatches", ["channel", "gateway_ref"])
