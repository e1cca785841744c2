"""Projects are submitted and accepted, section documents drafted, rooms booked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Forward."""
    _projects()
    _drafts()
    _venues()


def _projects() -> None:
    op.alter_column("projects", "accepted_at", nullable=True)
    op.add_column("projects", sa.Column("state", sa.String(length=20), server_default="accepted", nullable=False))
    op.add_column("projects", sa.Column("mandate", sa.Text(), server_default="", nullable=False))
    op.add_column("projects", sa.Column("submitted_by", sa.String(length=64), nullable=True))
    op.add_column("projects", sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("projects", sa.Column("returned_why", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_projects_submitted_by_organisations"), "projects", "organisations", ["submitted_by"], ["id"]
    )
    op.create_index(op.f("ix_projects_state"), "projects", ["state"])
    op.create_check_constraint(
        op.f("ck_projects_accepted_has_time"), "projects", "(state = 'accepted') = (accepted_at IS NOT NULL)"
    )
    op.create_check_constraint(
        op.f("ck_projects_returned_has_reason"), "projects", "(state = 'returned') = (returned_why IS NOT NULL)"
    )
    op.create_check_constraint(
        op.f("ck_projects_submitted_has_time"), "projects", "state = 'accepted' OR submitted_at IS NOT NULL"
    )


def _drafts() -> None:
    op.create_table(
        "section_drafts",
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notice", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_section_drafts_section_sections")),
        sa.PrimaryKeyConstraint("section", name=op.f("pk_section_drafts")),
    )
    op.create_index(op.f("ix_section_drafts_region"), "section_drafts", ["region"])


def _venues() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "rooms",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("seats", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint("seats > 0", name=op.f("ck_rooms_seats_positive")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_rooms_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("region", "name", name=op.f("uq_rooms_region_name")),
    )
    op.create_index(op.f("ix_rooms_region"), "rooms", ["region"])
    op.create_table(
        "bookings",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("section", sa.String(length=129), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)", name=op.f("ck_bookings_bounded")
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR decided_at IS NOT NULL", name=op.f("ck_bookings_confirmed_has_time")
        ),
        sa.ForeignKeyConstraint(["room"], ["rooms.id"], name=op.f("fk_bookings_room_rooms")),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_bookings_section_sections")),
        sa.ForeignKeyConstraint(["asked_by"], ["organisations.id"], name=op.f("fk_bookings_asked_by_organisations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        postgresql.ExcludeConstraint(
            (sa.column("room"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("state <> 'cancelled'"),
            using="gist",
            name=op.f("ex_bookings_no_overlap"),
        ),
    )
    op.create_index(op.f("ix_bookings_region"), "bookings", ["region"])
    op.create_index(
        "uq_bookings_purpose",
        "bookings",
        ["section", "purpose"],
        unique=True,
        postgresql_where="state <> 'cancelled'",
    )
