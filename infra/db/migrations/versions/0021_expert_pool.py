"""Expert pool 评标专家库: what an entry holds, when a draw was ordered and disclosed, seats of representatives."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0021"
down_revision = "0019"

ROLES = (
    "role IN ('agent', 'audit-admin', 'bidder', 'centre', 'expert', 'judge', 'pool', 'procuring', 'security-admin', "
    "'supervisor', 'system-admin')"
)


def upgrade() -> None:
    """Forward."""
    op.drop_constraint(op.f("ck_memberships_role_grantable"), "memberships", type_="check")
    op.create_check_constraint(op.f("ck_memberships_role_grantable"), "memberships", ROLES)
    _experts()
    for column in (
        sa.Column("evaluation_at", sa.DateTime(timezone=True)),
        sa.Column("ordered_at", sa.DateTime(timezone=True)),
        sa.Column("failed_why", sa.String(40)),
        sa.Column("disclosed_at", sa.DateTime(timezone=True)),
        sa.Column("supplement", sa.Boolean(), server_default=sa.false(), nullable=False),
    ):
        op.add_column("draws", column)
    op.add_column("seats", sa.Column("kind", sa.String(16), server_default="expert", nullable=False))
    op.add_column("seats", sa.Column("place", sa.Text()))


def _experts() -> None:
    for column in (
        sa.Column("number", sa.String(24)),
        sa.Column("state", sa.String(12), server_default="active", nullable=False),
        sa.Column("title", sa.String(40)),
        sa.Column("years", sa.Integer()),
        sa.Column("employer_name", sa.Text()),
        sa.Column("reaches", ARRAY(sa.String(16)), server_default="{}", nullable=False),
        sa.Column("name_tag", sa.LargeBinary()),
        sa.Column("phone_tag", sa.LargeBinary()),
        sa.Column("sealed_contact", sa.LargeBinary()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("account", sa.String(64)),
        sa.Column("valid_until", sa.DateTime(timezone=True)),
        sa.Column("pool", sa.String(40), server_default="own", nullable=False),
        sa.Column("drawn_before_until", sa.DateTime(timezone=True)),
    ):
        op.add_column("experts", column)
    op.alter_column("experts", "drawn_last_year", new_column_name="drawn_before")
    op.execute("UPDATE experts SET reaches = specialties, drawn_before_until = now() + interval '12 months'")
    op.create_unique_constraint(op.f("uq_experts_number"), "experts", ["number"])
    op.create_unique_constraint(op.f("uq_experts_account"), "experts", ["account"])
    op.create_foreign_key(op.f("fk_experts_account_accounts"), "experts", "accounts", ["account"], ["id"])
    op.create_index(op.f("ix_experts_name_tag"), "experts", ["name_tag"])
    op.create_index(op.f("ix_experts_phone_tag"), "experts", ["phone_tag"])
