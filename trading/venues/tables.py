"""Rooms of a centre and their bookings; the database itself keeps two bookings from sharing a room."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Count, Id, Instant, Name, Regional


class RoomKind(StrEnum):
    """What a room is for."""

    OPENING = "opening-hall"
    EVALUATION = "evaluation-room"
    DRAW = "draw-room"


class Room(Regional, Base):
    """A hall or room of the centre in a region; a closed one takes no further bookings."""

    __tablename__ = "rooms"

    id: Mapped[Id]
    name: Mapped[Name]
    kind: Mapped[RoomKind] = mapped_column(String(20))
    seats: Mapped[Count]
    entered_at: Mapped[Instant]
    closed_at: Mapped[Instant | None]

    __table_args__ = (
        UniqueConstraint("region", "name"),
        CheckConstraint("seats > 0", name="seats_positive"),
        CheckConstraint("name <> ''", name="named"),
    )


class Booking(Regional, Base):
    """One room for one section and purpose, from a start to an end that is its first instant outside."""

    __tablename__ = "bookings"

    id: Mapped[Id]
    room: Mapped[str] = mapped_column(ForeignKey("rooms.id"))
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"))
    purpose: Mapped[RoomKind] = mapped_column(String(20))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    state: Mapped[str] = mapped_column(String(20))
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"))
    asked_at: Mapped[Instant]
    decided_at: Mapped[Instant | None]

    __table_args__ = (
        # btree_gist makes `room WITH =` possible. It is a trusted extension of PostgreSQL 13 and later: the owner of the
        # database may create it, no superuser is needed.
        ExcludeConstraint(
            ("room", "="),
            ("during", "&&"),
            name="ex_bookings_no_overlap",
            using="gist",
            where="state <> 'cancelled'",
        ),
        CheckConstraint("NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)", name="bounded"),
        CheckConstraint("state <> 'confirmed' OR decided_at IS NOT NULL", name="confirmed_has_time"),
        Index(
            "uq_bookings_purpose",
            "section",
            "purpose",
            unique=True,
            postgresql_where="state <> 'cancelled'",
        ),
    )


event.listen(Booking.__table__, "before_create", DDL("CREATE EXTENSION IF NOT EXISTS btree_gist"))  # type: ignore[no-untyped-call]
