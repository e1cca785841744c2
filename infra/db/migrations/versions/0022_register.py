"""The register of experts: applications reviewed by two people, versions and steps of life that are never changed."""

import sqlalchemy as sa
from alembic import op

from infra.db.migrations.regions import policies

revision = "0022"
down_revision = "0021"

NEVER_CHANGED = ("expert_versions", "expert_standings")
_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward."""
    op.execute("CREATE SEQUENCE expert_numbers")
    op.execute(
        "UPDATE experts SET number = 'E-' || region || '-' || lpad(nextval('expert_numbers')::text, 6, '0') "
        "WHERE number IS NULL"
    )
    op.create_index(op.f("ix_experts_valid_until"), "experts", ["valid_until"])
    _applications()
    _versions()
    _standings()
    for table in ("expert_applications", *NEVER_CHANGED):
        for statement in policies(table):
            op.execute(statement)
    for table in NEVER_CHANGED:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _applications() -> None:
    op.create_table(
        "expert_applications",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("submitted_by", sa.String(64), nullable=False),
        sa.Column("submitted_at", _WHEN, nullable=False),
        sa.Column("sealed_equal", sa.LargeBinary()),
        sa.Column("first_by", sa.String(64)),
        sa.Column("first_at", _WHEN),
        sa.Column("second_by", sa.String(64)),
        sa.Column("second_at", _WHEN),
        sa.Column("returned_why", sa.LargeBinary()),
        sa.Column("expert", sa.String(64)),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint("first_by <> second_by", name=op.f("ck_expert_applications_two_reviewers")),
        sa.CheckConstraint(
            "submitted_by <> first_by AND submitted_by <> second_by",
            name=op.f("ck_expert_applications_typed_by_another"),
        ),
        sa.CheckConstraint(
            "(first_by IS NULL) = (first_at IS NULL)", name=op.f("ck_expert_applications_first_has_time")
        ),
        sa.CheckConstraint(
            "(second_by IS NULL) = (second_at IS NULL)", name=op.f("ck_expert_applications_second_has_time")
        ),
        sa.CheckConstraint("second_by IS NULL OR first_by IS NOT NULL", name=op.f("ck_expert_applications_in_turn")),
        sa.CheckConstraint(
            "(state = 'entered') = (expert IS NOT NULL)", name=op.f("ck_expert_applications_entered_has_expert")
        ),
        sa.CheckConstraint(
            "state <> 'entered' OR second_by IS NOT NULL", name=op.f("ck_expert_applications_entered_by_two")
        ),
        sa.ForeignKeyConstraint(["expert"], ["experts.id"], name=op.f("fk_expert_applications_expert_experts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_applications")),
    )
    op.create_index(op.f("ix_expert_applications_expert"), "expert_applications", ["expert"])
    op.create_index(op.f("ix_expert_applications_fingerprint"), "expert_applications", ["fingerprint"])
    op.create_index(op.f("ix_expert_applications_region"), "expert_applications", ["region"])
    op.create_index("ix_expert_applications_queue", "expert_applications", ["region", "state", "submitted_at"])


def _versions() -> None:
    op.create_table(
        "expert_versions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("expert", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _WHEN, nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_expert_versions_counted")),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_expert_versions_digest_size")),
        sa.CheckConstraint("reason ~ '[^[:space:]]'", name=op.f("ck_expert_versions_reasoned")),
        sa.ForeignKeyConstraint(["expert"], ["experts.id"], name=op.f("fk_expert_versions_expert_experts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_versions")),
        sa.UniqueConstraint("expert", "number", name=op.f("uq_expert_versions_expert_number")),
    )
    op.create_index(op.f("ix_expert_versions_region"), "expert_versions", ["region"])


def _standings() -> None:
    op.create_table(
        "expert_standings",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("expert", sa.String(64), nullable=False),
        sa.Column("verb", sa.String(20), nullable=False),
        sa.Column("source", sa.String(12), nullable=False),
        sa.Column("target", sa.String(12), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", _WHEN),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _WHEN, nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint(
            "basis ~ '[^[:space:]]' AND reason ~ '[^[:space:]]'", name=op.f("ck_expert_standings_reasoned")
        ),
        sa.ForeignKeyConstraint(["expert"], ["experts.id"], name=op.f("fk_expert_standings_expert_experts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_standings")),
    )
    op.create_index(op.f("ix_expert_standings_expert"), "expert_standings", ["expert"])
    op.create_index(op.f("ix_expert_standings_region"), "expert_standings", ["region"])
