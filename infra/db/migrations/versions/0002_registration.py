"""Registration: versions of profiles, mandates, where a signing key lives, second factors of signing in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Forward."""
    op.add_column("memberships", sa.Column("scope", sa.Text(), nullable=True))
    op.add_column("memberships", sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("memberships", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("signing_keys", sa.Column("certified_by", sa.String(length=64), nullable=True))
    op.add_column("signing_keys", sa.Column("place", sa.String(length=10), server_default="file", nullable=False))
    op.add_column("signing_keys", sa.Column("revoked_reason", sa.String(length=20), nullable=True))
    op.create_check_constraint(op.f("ck_signing_keys_place_known"), "signing_keys", "place IN ('browser', 'file')")
    _versions()
    _second_factors()


def _versions() -> None:
    op.create_table(
        "organisation_versions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("legal_representative", sa.Text(), nullable=False),
        sa.Column("profile", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_by", sa.String(length=64), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_organisation_versions_counted")),
        sa.CheckConstraint("cardinality(kinds) > 0", name=op.f("ck_organisation_versions_has_kind")),
        sa.CheckConstraint(
            "(state IN ('submitted', 'withdrawn')) = (decided_at IS NULL)",
            name=op.f("ck_organisation_versions_decided_has_time"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_organisation_versions_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'superseded') OR organisation IS NOT NULL",
            name=op.f("ck_organisation_versions_accepted_has_body"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["organisations.id"],
            name=op.f("fk_organisation_versions_organisation_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_versions")),
        sa.UniqueConstraint("series", "number", name=op.f("uq_organisation_versions_series_number")),
    )
    for column in ("organisation", "credit_code", "phone", "legal_representative", "submitted_by", "region"):
        op.create_index(op.f(f"ix_organisation_versions_{column}"), "organisation_versions", [column])
    op.create_index("ix_organisation_versions_queue", "organisation_versions", ["region", "state", "submitted_at"])
    op.create_index(
        "uq_organisation_versions_one_pending",
        "organisation_versions",
        ["series"],
        unique=True,
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_index(
        "uq_organisation_versions_one_in_force",
        "organisation_versions",
        ["organisation"],
        unique=True,
        postgresql_where=sa.text("state = 'accepted'"),
    )


def _second_factors() -> None:
    op.create_table(
        "authenticators",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=True),
        sa.Column("counter", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('totp', 'passkey')", name=op.f("ck_authenticators_kind_known")),
        sa.CheckConstraint(
            "kind <> 'passkey' OR (credential IS NULL) = (confirmed_at IS NULL)",
            name=op.f("ck_authenticators_passkey_has_credential"),
        ),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_authenticators_account_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authenticators")),
        sa.UniqueConstraint("credential", name=op.f("uq_authenticators_credential")),
    )
    op.create_index(op.f("ix_authenticators_account"), "authenticators", ["account"])
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_recovery_codes_account_accounts")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_account"), "recovery_codes", ["account"])
    op.create_table(
        "pending_sign_ins",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("challenge", sa.LargeBinary(length=32), nullable=False),
        sa.Column("enrolling", sa.String(length=64), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_pending_sign_ins_account_accounts")),
        sa.ForeignKeyConstraint(
            ["enrolling"], ["authenticators.id"], name=op.f("fk_pending_sign_ins_enrolling_authenticators")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_pending_sign_ins")),
    )
    op.create_index(op.f("ix_pending_sign_ins_expires_at"), "pending_sign_ins", ["expires_at"])
