"""Messages, their mail, and how far the journal is told: what was before this revision is told to nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("section", sa.String(length=129), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_messages_account_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index("uq_messages_line_account", "messages", ["line", "account"], unique=True)
    op.create_index("ix_messages_account", "messages", ["account", "id"])
    op.create_index("ix_messages_unread", "messages", ["account"], postgresql_where=sa.text("read_at IS NULL"))
    op.create_table(
        "mails",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="queued", nullable=False),
        sa.Column("tries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'sent', 'kept', 'failed')", name=op.f("ck_mails_state_known")),
        sa.CheckConstraint("(state = 'queued') = (done_at IS NULL)", name=op.f("ck_mails_done_has_time")),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name=op.f("fk_mails_message_messages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("message", name=op.f("uq_mails_message")),
    )
    op.create_table(
        "message_cursor",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("horizon", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1 AND settled <= seen", name=op.f("ck_message_cursor_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_cursor")),
    )
    op.execute(
        "INSERT INTO message_cursor (id, settled, seen, horizon, seen_at) "
        "SELECT 1, coalesce(max(id), 0), coalesce(max(id), 0), 0, now() FROM journal"
    )
