"""Purchaser's representatives 采购人代表: every naming with its seat and sealed mandate; who controls a company."""

import sqlalchemy as sa
from alembic import op

from infra.db.migrations.regions import policies

revision = "0030"
down_revision = "0029"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forward."""
    op.add_column("representatives", sa.Column("judge", sa.Integer(), nullable=False))
    op.add_column("representatives", sa.Column("seat", sa.String(64), nullable=False))
    op.add_column("representatives", sa.Column("sealed_mandate", sa.LargeBinary(), nullable=False))
    op.add_column("representatives", sa.Column("why", sa.String(12)))
    op.create_unique_constraint(op.f("uq_representatives_seat"), "representatives", ["seat"])
    op.add_column("attendances", sa.Column("kind", sa.String(16), server_default="expert", nullable=False))
    _controllers()


def _controllers() -> None:
    op.create_table(
        "controllers",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column(
            "organisation",
            sa.String(64),
            sa.ForeignKey("organisations.id", name=op.f("fk_controllers_organisation_organisations")),
            nullable=False,
        ),
        sa.Column("code", sa.String(18), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.String(64), nullable=False),
        sa.Column("declared_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint("length(code) = 18", name=op.f("ck_controllers_code_length")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_controllers_named")),
    )
    op.create_index("ix_controllers_organisation", "controllers", ["organisation"])
    op.create_index("ix_controllers_region", "controllers", ["region"])
    for statement in policies("controllers"):
        op.execute(statement)
