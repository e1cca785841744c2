"""Rows of agencies: what they offer, deductions and inspections, and every rating that was ever made of them."""

from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, Integer, LargeBinary, Numeric, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class AgencyState(StrEnum):
    """Where an agency stands."""

    ADMITTED = "admitted"
    SUSPENDED = "suspended"
    EXITED = "exited"
    DELISTED = "delisted"


class Severity(StrEnum):
    """How grave an event is, which decides how many points and for how long."""

    MINOR = "minor"
    GENERAL = "general"
    SERIOUS = "serious"


class Agency(Regional, Base):
    """An organisation that offers services in a region; `score`, `grade`, `evidence` are those of its last rating."""

    __tablename__ = "agencies"

    id: Mapped[Id]
    organisation: Mapped[str] = mapped_column(ForeignKey("organisations.id"), unique=True)
    name: Mapped[str] = mapped_column(Text)
    state: Mapped[AgencyState] = mapped_column(String(12))
    founded: Mapped[int] = mapped_column(Integer)
    practitioners: Mapped[int] = mapped_column(Integer)
    phone: Mapped[str] = mapped_column(Text)
    capacity: Mapped[int] = mapped_column(Integer)
    admitted_at: Mapped[Instant]
    inspection: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    inspected_at: Mapped[Instant | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(12, 9))
    grade: Mapped[str | None] = mapped_column(String(1))
    evidence: Mapped[Decimal | None] = mapped_column(Numeric(14, 9))
    rated_at: Mapped[Instant | None]

    __table_args__ = (
        Index("ix_agencies_found", "region", "state", "grade", "score"),
        CheckConstraint("state IN ('admitted', 'suspended', 'exited', 'delisted')", name="state_known"),
        CheckConstraint("grade IN ('A', 'B', 'C', 'D', 'U')", name="grade_known"),
        CheckConstraint(
            "(grade IS NULL) = (score IS NULL) AND (grade IS NULL) = (rated_at IS NULL)", name="rated_whole"
        ),
        CheckConstraint("inspection BETWEEN 0 AND 100", name="inspection_range"),
        CheckConstraint("name <> ''", name="named"),
    )


class AgencyService(Regional, Base):
    """What an agency offers of an item: the days and price it promises, and until when its qualification runs."""

    __tablename__ = "agency_services"

    agency: Mapped[str] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(16), primary_key=True)
    promised_days: Mapped[int] = mapped_column(Integer)
    price: Mapped[int | None] = mapped_column(BigInteger)
    qualification: Mapped[str] = mapped_column(Text)
    valid_until: Mapped[Any | None] = mapped_column(Date)
    since: Mapped[Instant]

    __table_args__ = (
        Index("ix_agency_services_item", "region", "item"),
        CheckConstraint("promised_days > 0", name="days_positive"),
        CheckConstraint("price > 0", name="price_positive"),
    )


class AgencyEvent(Regional, Base):
    """A deduction with its reason: it counts from `since` until `until`, then no more; never changed."""

    __tablename__ = "agency_events"

    id: Mapped[Id]
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.id"), index=True)
    severity: Mapped[Severity] = mapped_column(String(8))
    points: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    words: Mapped[str] = mapped_column(Text)
    since: Mapped[Instant]
    until: Mapped[Instant]

    __table_args__ = (
        CheckConstraint("points > 0 AND points <= 100", name="points_range"),
        CheckConstraint("since < until", name="in_order"),
        CheckConstraint("words <> ''", name="has_words"),
    )


class AgencyRating(Regional, Base):
    """A rating as it was made, with its whole evidence; never changed."""

    __tablename__ = "agency_ratings"

    agency: Mapped[str] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    rated_at: Mapped[Instant]
    score: Mapped[Decimal] = mapped_column(Numeric(12, 9))
    grade: Mapped[str] = mapped_column(String(1))
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    contracts: Mapped[list[str]] = mapped_column(JSONB)
    digest: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (CheckConstraint("number > 0 AND octet_length(digest) = 32", name="whole"),)
