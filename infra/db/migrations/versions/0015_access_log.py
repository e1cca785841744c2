"""Who read what, never to be changed; ways to search the journal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.db.migrations.regions import policies

revision = "0015"
down_revision = "0014"

APPEND_ONLY = (
    """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$""",
    *(
        statement
        for table in ("access_log", "access_roots")
        for statement in (
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        )
    ),
)
"""An update that changes nothing passes; so does nothing else."""


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "access_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("read", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("section", sa.String(length=129), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("outcome IN ('granted', 'refused')", name=op.f("ck_access_log_outcome_known")),
        sa.CheckConstraint("octet_length(salt) = 32 AND octet_length(entry) = 32", name=op.f("ck_access_log_sizes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    op.create_index("ix_access_log_at", "access_log", ["at", "id"])
    op.create_index("ix_access_log_actor", "access_log", ["actor", "at"])
    op.create_index("ix_access_log_section", "access_log", ["section", "at"])
    op.create_table(
        "access_roots",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("blind", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("first <= last AND since < until AND number >= 1", name=op.f("ck_access_roots_in_order")),
        sa.CheckConstraint("octet_length(blind) = 32 AND octet_length(root) = 32", name=op.f("ck_access_roots_sizes")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_access_roots")),
    )
    op.create_index("ix_access_roots_last", "access_roots", ["last"])
    for statement in (*policies("access_log"), *APPEND_ONLY):
        op.execute(statement)
    op.create_index("ix_journal_at", "journal", ["at", "id"])
    op.create_index("ix_journal_actor", "journal", ["actor", "at"])
    op.create_index("ix_journal_event", "journal", ["event", "at"])
