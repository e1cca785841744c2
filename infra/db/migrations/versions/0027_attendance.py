"""Attendance at evaluations, the signed list, fees; ratings, events, sanctions with their hearing, pairs drawn together."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.db.migrations.regions import policies

revision = "0027"
down_revision = "0026"

TABLES = (
    "attendances",
    "door_tries",
    "attendance_lists",
    "list_signatures",
    "fee_rates",
    "fee_lines",
    "ratings",
    "appraisal_events",
    "sanctions",
    "hearings",
    "pair_counts",
)


def upgrade() -> None:
    """Forward."""
    _attendance()
    _fees()
    _reports()
    _sanctions()
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_region"), table, ["region"])
        for statement in policies(table):
            op.execute(statement)


def _attendance() -> None:
    op.create_table(
        "attendances",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("section", sa.String(129), nullable=False),
        sa.Column("draw", sa.String(140), nullable=False),
        sa.Column("seat", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sealed_expert", sa.LargeBinary(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locker", sa.String(12), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("signed_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_attendances_minutes_not_negative")),
        sa.CheckConstraint(
            "(signed_out_at IS NULL) = (minutes IS NULL)", name=op.f("ck_attendances_signed_out_has_minutes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendances")),
        sa.UniqueConstraint("seat", "day", name=op.f("uq_attendances_seat_day")),
    )
    op.create_index("ix_attendances_section", "attendances", ["section"])
    op.create_table(
        "door_tries",
        sa.Column("section", sa.String(129), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.String(6), nullable=False),
        sa.PrimaryKeyConstraint("section", "tag", name=op.f("pk_door_tries")),
    )
    op.create_table(
        "attendance_lists",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("section", sa.String(129), nullable=False),
        sa.Column("draw", sa.String(140), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unlocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.String(6), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_lists")),
        sa.UniqueConstraint("section", "digest", name=op.f("uq_attendance_lists_section_digest")),
    )
    op.create_table(
        "list_signatures",
        sa.Column("list", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint("role IN ('centre', 'supervisor')", name=op.f("ck_list_signatures_two_parties")),
        sa.ForeignKeyConstraint(
            ["list"], ["attendance_lists.id"], name=op.f("fk_list_signatures_list_attendance_lists")
        ),
        sa.PrimaryKeyConstraint("list", "role", name=op.f("pk_list_signatures")),
    )


def _fees() -> None:
    op.create_table(
        "fee_rates",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("travel", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.String(64), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint("amount > 0 AND travel >= 0", name=op.f("ck_fee_rates_amounts")),
        sa.CheckConstraint("source <> ''", name=op.f("ck_fee_rates_has_source")),
        sa.CheckConstraint("minutes IN (60, 240)", name=op.f("ck_fee_rates_hour_or_half_day")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_rates")),
        sa.UniqueConstraint("region", "valid_from", name=op.f("uq_fee_rates_region_valid_from")),
    )
    op.create_table(
        "fee_lines",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("section", sa.String(129), nullable=False),
        sa.Column("seat", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rate", sa.String(64), nullable=False),
        sa.Column("sealed_payee", sa.LargeBinary(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint("tax >= 0 AND tax <= amount", name=op.f("ck_fee_lines_tax_within")),
        sa.CheckConstraint("days > 0 AND minutes >= 0", name=op.f("ck_fee_lines_time_spent")),
        sa.ForeignKeyConstraint(["rate"], ["fee_rates.id"], name=op.f("fk_fee_lines_rate_fee_rates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_lines")),
        sa.UniqueConstraint("seat", name=op.f("uq_fee_lines_seat")),
    )
    op.create_index("ix_fee_lines_section", "fee_lines", ["section"])


def _reports() -> None:
    op.create_table(
        "ratings",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("section", sa.String(129), nullable=False),
        sa.Column("seat", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("organisation", sa.String(64), nullable=False),
        sa.Column("marks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name=op.f("fk_ratings_organisation_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("seat", "organisation", name=op.f("uq_ratings_seat_organisation")),
    )
    op.create_index("ix_ratings_section", "ratings", ["section"])
    op.create_table(
        "appraisal_events",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("section", sa.String(129), nullable=False),
        sa.Column("seat", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed_expert", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reported_by", sa.String(64), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(64), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_appraisal_events_confirmed_by_somebody")
        ),
        sa.CheckConstraint("account <> ''", name=op.f("ck_appraisal_events_has_account")),
        sa.CheckConstraint("points BETWEEN 0 AND 12", name=op.f("ck_appraisal_events_points_of_a_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_events")),
        sa.UniqueConstraint("seat", "kind", name=op.f("uq_appraisal_events_seat_kind")),
    )
    op.create_index("ix_appraisal_events_section", "appraisal_events", ["section"])
    op.create_table(
        "pair_counts",
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.Column("observed", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Numeric(12, 6), nullable=False),
        sa.Column("tail", sa.Numeric(9, 8), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint("observed >= 0 AND observed <= draws AND expected >= 0", name=op.f("ck_pair_counts_counts")),
        sa.CheckConstraint("kind IN ('agent', 'bidder', 'expert')", name=op.f("ck_pair_counts_known_kind")),
        sa.PrimaryKeyConstraint("kind", "tag", name=op.f("pk_pair_counts")),
    )
    op.create_index("ix_pair_counts_tail", "pair_counts", ["tail"])


def _sanctions() -> None:
    op.create_table(
        "sanctions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("expert", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_sanctions_has_reason")),
        sa.CheckConstraint("kind IN ('warning', 'suspension')", name=op.f("ck_sanctions_known_kind")),
        sa.CheckConstraint("(kind = 'suspension') = (months > 0)", name=op.f("ck_sanctions_suspension_has_months")),
        sa.ForeignKeyConstraint(["expert"], ["experts.id"], name=op.f("fk_sanctions_expert_experts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanctions")),
    )
    op.create_index("ix_sanctions_expert", "sanctions", ["expert"])
    op.create_table(
        "hearings",
        sa.Column("sanction", sa.String(64), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(64), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(64), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("region", sa.String(6), nullable=False),
        sa.CheckConstraint("settled_by IS NULL OR settled_by <> decided_by", name=op.f("ck_hearings_another_settles")),
        sa.CheckConstraint("decided_at IS NULL OR heard_at IS NOT NULL", name=op.f("ck_hearings_heard_before_decided")),
        sa.CheckConstraint("heard_at IS NULL OR heard_at >= held_from", name=op.f("ck_hearings_not_heard_before")),
        sa.CheckConstraint("held_from > noticed_at", name=op.f("ck_hearings_notice_before_hearing")),
        sa.ForeignKeyConstraint(["sanction"], ["sanctions.id"], name=op.f("fk_hearings_sanction_sanctions")),
        sa.PrimaryKeyConstraint("sanction", name=op.f("pk_hearings")),
    )
