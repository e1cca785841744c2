"""The register at scale: since when a body is renamed or merged, files of applications, letters to experts, notices."""

import sqlalchemy as sa
from alembic import op

from infra.db.migrations.regions import policies

revision = "0032"
down_revision = "0031"

REGIONAL = ("application_files", "expert_letters", "standing_notices")


def upgrade() -> None:
    """Forward. What was changed before is taken to hold since the day it was entered."""
    op.add_column("employer_changes", sa.Column("holds_from", sa.Date(), nullable=True))
    op.execute("UPDATE employer_changes SET holds_from = (at AT TIME ZONE 'Asia/Shanghai')::date")
    op.alter_column("employer_changes", "holds_from", nullable=False)
    op.add_column("employer_changes", sa.Column("before", sa.Text(), server_default="", nullable=False))
    op.add_column("employer_changes", sa.Column("after", sa.Text(), server_default="", nullable=False))
    op.add_column("employer_changes", sa.Column("experts", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_employer_changes_at", "employer_changes", ["at"])
    _indexes()
    _files()
    _letters()
    _notices()
    for table in REGIONAL:
        op.create_index(op.f(f"ix_{table}_region"), table, ["region"])
        for statement in policies(table):
            op.execute(statement)


def _indexes() -> None:
    """Whoever looks by employers reads this index alone; the other began with the same column."""
    op.drop_index("ix_experts_employer", table_name="experts")
    op.drop_index("ix_experts_of_employer", table_name="experts")
    columns, facts = ["employer", "region", "id"], ["state", "title", "specialties"]
    op.create_index("ix_experts_of_employer", "experts", columns, postgresql_include=facts)


def _files() -> None:
    op.create_table(
        "application_files",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("application", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_application_files_digest_length")),
        sa.CheckConstraint("size > 0", name=op.f("ck_application_files_not_empty")),
        sa.ForeignKeyConstraint(
            ["application"],
            ["expert_applications.id"],
            name=op.f("fk_application_files_application_expert_applications"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_files")),
        sa.UniqueConstraint("application", "place", name=op.f("uq_application_files_application_place")),
    )


def _letters() -> None:
    op.create_table(
        "expert_letters",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("expert", sa.String(length=64), nullable=False),
        sa.Column("code_tag", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.String(length=160), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("ends_at > at", name=op.f("ck_expert_letters_ends")),
        sa.ForeignKeyConstraint(["expert"], ["experts.id"], name=op.f("fk_expert_letters_expert_experts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_letters")),
        sa.UniqueConstraint("code_tag", name=op.f("uq_expert_letters_code_tag")),
    )
    op.create_index(op.f("ix_expert_letters_expert"), "expert_letters", ["expert"])


def _notices() -> None:
    op.create_table(
        "standing_notices",
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("expert", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_objection", sa.LargeBinary(), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint(
            "(objected_at IS NULL) = (sealed_objection IS NULL)", name=op.f("ck_standing_notices_objection_has_words")
        ),
        sa.ForeignKeyConstraint(["expert"], ["experts.id"], name=op.f("fk_standing_notices_expert_experts")),
        sa.PrimaryKeyConstraint("step", name=op.f("pk_standing_notices")),
    )
    op.create_index("ix_standing_notices_expert", "standing_notices", ["expert", "at"])
