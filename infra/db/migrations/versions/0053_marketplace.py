"""The marketplace: catalogue, agencies with what they offer, accepted contracts, ratings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.db.migrations.regions import policies

revision = "0053"
down_revision = "0052"

NEVER_CHANGED = ("agency_events", "agency_ratings")
TABLES = ("agencies", "agency_services", "market_contracts", "service_items", *NEVER_CHANGED)
_WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nothing was in the marketplace before."""
    _catalogue()
    _agencies()
    _services()
    _contracts()
    _ratings()
    for table in TABLES:
        for statement in policies(table):
            op.execute(statement)
    for table in NEVER_CHANGED:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _catalogue() -> None:
    op.create_table(
        "service_items",
        sa.Column("region", sa.String(6), primary_key=True),
        sa.Column("code", sa.String(16), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("name", "department", "approval", "basis", "qualification")
        ),
        sa.Column("category", sa.String(12), nullable=False),
        sa.Column("statutory_days", sa.Integer(), nullable=False),
        sa.Column("promised_days", sa.Integer(), nullable=False),
        sa.Column("price_kind", sa.String(8), nullable=False),
        sa.Column("bundle", sa.Text(), nullable=False),
        sa.Column("regional", sa.Boolean(), nullable=False),
        sa.Column("entered_at", _WHEN, nullable=False),
        sa.Column("ended_at", _WHEN),
        sa.CheckConstraint("version > 0", name="version_positive"),
        sa.CheckConstraint("name <> ''", name="named"),
        sa.CheckConstraint("0 < promised_days AND promised_days <= statutory_days", name="days_in_order"),
    )


def _agencies() -> None:
    op.create_table(
        "agencies",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("organisation", sa.String(64), sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("founded", sa.Integer(), nullable=False),
        sa.Column("practitioners", sa.Integer(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("admitted_at", _WHEN, nullable=False),
        sa.Column("inspection", sa.Numeric(5, 2)),
        sa.Column("inspected_at", _WHEN),
        sa.Column("score", sa.Numeric(12, 9)),
        sa.Column("grade", sa.String(1)),
        sa.Column("evidence", sa.Numeric(14, 9)),
        sa.Column("rated_at", _WHEN),
        _region(),
        sa.CheckConstraint("state IN ('admitted', 'suspended', 'exited', 'delisted')", name="state_known"),
        sa.CheckConstraint("grade IN ('A', 'B', 'C', 'D', 'U')", name="grade_known"),
        sa.CheckConstraint(
            "(grade IS NULL) = (score IS NULL) AND (grade IS NULL) = (rated_at IS NULL)", name="rated_whole"
        ),
        sa.UniqueConstraint("organisation", name=op.f("uq_agencies_organisation")),
        sa.CheckConstraint("inspection BETWEEN 0 AND 100", name="inspection_range"),
        sa.CheckConstraint("name <> ''", name="named"),
    )
    op.create_index("ix_agencies_found", "agencies", ["region", "state", "grade", "score"])


def _services() -> None:
    op.create_table(
        "agency_services",
        sa.Column("agency", sa.String(64), sa.ForeignKey("agencies.id"), primary_key=True),
        sa.Column("item", sa.String(16), primary_key=True),
        sa.Column("promised_days", sa.Integer(), nullable=False),
        sa.Column("price", sa.BigInteger()),
        sa.Column("qualification", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("since", _WHEN, nullable=False),
        _region(),
        sa.CheckConstraint("promised_days > 0", name="days_positive"),
        sa.CheckConstraint("price > 0", name="price_positive"),
    )
    op.create_index("ix_agency_services_item", "agency_services", ["region", "item"])


def _contracts() -> None:
    op.create_table(
        "market_contracts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("agency", sa.String(64), sa.ForeignKey("agencies.id"), nullable=False),
        sa.Column("item", sa.String(16), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("title", "owner", "owner_words", "of")),
        sa.Column("owner_group", sa.String(64), nullable=False),
        sa.Column("fiscal", sa.Boolean(), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("ceiling", sa.BigInteger(), nullable=False),
        *(sa.Column(f"{name}_days", sa.Integer(), nullable=False) for name in ("statutory", "promised", "actual")),
        sa.Column("signed_at", _WHEN, nullable=False),
        sa.Column("accepted_at", _WHEN, nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("fee", sa.String(10), nullable=False),
        sa.Column("related", sa.Boolean(), nullable=False),
        sa.Column("owner_stars", postgresql.JSONB(), nullable=False),
        sa.Column("department_stars", postgresql.JSONB(), nullable=False),
        _region(),
        sa.CheckConstraint("price > 0 AND price <= ceiling", name="price_within_ceiling"),
        sa.CheckConstraint("promised_days > 0 AND actual_days > 0 AND statutory_days > 0", name="days_positive"),
        sa.CheckConstraint("signed_at < accepted_at", name="in_order"),
        sa.CheckConstraint("returned >= 0", name="returned_counted"),
        sa.CheckConstraint("fee IN ('kept', 'supplement', 'above')", name="fee_known"),
    )
    op.create_index("ix_market_contracts_agency", "market_contracts", ["agency", "accepted_at"])
    op.create_index("ix_market_contracts_item", "market_contracts", ["region", "item", "accepted_at"])


def _ratings() -> None:
    op.create_table(
        "agency_events",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("agency", sa.String(64), sa.ForeignKey("agencies.id"), nullable=False, index=True),
        sa.Column("severity", sa.String(8), nullable=False),
        sa.Column("points", sa.Numeric(5, 2), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("since", _WHEN, nullable=False),
        sa.Column("until", _WHEN, nullable=False),
        _region(),
        sa.CheckConstraint("points > 0 AND points <= 100", name="points_range"),
        sa.CheckConstraint("since < until", name="in_order"),
        sa.CheckConstraint("words <> ''", name="has_words"),
    )
    op.create_table(
        "agency_ratings",
        sa.Column("agency", sa.String(64), sa.ForeignKey("agencies.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("rated_at", _WHEN, nullable=False),
        sa.Column("score", sa.Numeric(12, 9), nullable=False),
        sa.Column("grade", sa.String(1), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("contracts", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _region(),
        sa.CheckConstraint("number > 0 AND octet_length(digest) = 32", name="whole"),
    )


def _region() -> sa.Column[str]:
    return sa.Column("region", sa.String(6), nullable=False, index=True)
