"""Ratings by J-number, events of TBR 71, sanctions with their hearing, and how often two were drawn together."""

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class Rating(Regional, Base):
    """What one body says of one seat's holder after the marks: each question from 1 to 5. It names no expert."""

    __tablename__ = "ratings"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(String(129), index=True)
    seat: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(Integer)
    role: Mapped[str] = mapped_column(String(16))
    organisation: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    marks: Mapped[dict[str, Any]] = mapped_column(JSONB)
    words: Mapped[str | None] = mapped_column(Text)
    rated_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (UniqueConstraint("seat", "organisation"),)


class AppraisalEvent(Regional, Base):
    """An event of TBR 71 that the centre reports of a seat's holder; its points count once the supervisor confirms it.

    `sealed_expert` is wrapped under this row's id and opened only when the section is determined.
    """

    __tablename__ = "appraisal_events"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(String(129), index=True)
    seat: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(Integer)
    sealed_expert: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[str] = mapped_column(String(24))
    account: Mapped[str] = mapped_column(Text)
    points: Mapped[int] = mapped_column(Integer)
    reported_by: Mapped[str] = mapped_column(String(64))
    reported_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    confirmed_at: Mapped[Instant | None]

    __table_args__ = (
        UniqueConstraint("seat", "kind"),
        CheckConstraint("account <> ''", name="has_account"),
        CheckConstraint("points BETWEEN 0 AND 12", name="points_of_a_year"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed_by_somebody"),
    )


class Sanction(Regional, Base):
    """A warning, or a suspension until a day, against an expert; it has effect only once it is decided."""

    __tablename__ = "sanctions"

    id: Mapped[Id]
    expert: Mapped[str] = mapped_column(ForeignKey("experts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    months: Mapped[int] = mapped_column(Integer)
    opened_by: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("kind IN ('warning', 'suspension')", name="known_kind"),
        CheckConstraint("reason <> ''", name="has_reason"),
        CheckConstraint("(kind = 'suspension') = (months > 0)", name="suspension_has_months"),
    )


class Hearing(Regional, Base):
    """The hearing a sanction needs: notice, what the expert said, the decision, an appeal and what became of it."""

    __tablename__ = "hearings"

    sanction: Mapped[str] = mapped_column(ForeignKey("sanctions.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))
    noticed_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    held_from: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    heard_at: Mapped[Instant | None]
    said: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[Instant | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decision: Mapped[str | None] = mapped_column(Text)
    until: Mapped[Instant | None]
    appealed_at: Mapped[Instant | None]
    appeal: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[Instant | None]
    settled_by: Mapped[str | None] = mapped_column(String(64))
    answer: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("held_from > noticed_at", name="notice_before_hearing"),
        CheckConstraint("heard_at IS NULL OR heard_at >= held_from", name="not_heard_before"),
        CheckConstraint("decided_at IS NULL OR heard_at IS NOT NULL", name="heard_before_decided"),
        CheckConstraint("settled_by IS NULL OR settled_by <> decided_by", name="another_settles"),
    )


class PairCount(Regional, Base):
    """How often two were drawn together in twelve months, against the chances of those draws; who they are is sealed.

    `tag` is a keyed hash of the pair; `sealed` is wrapped under its hexadecimal form. `flagged` follows from the rest.
    """

    __tablename__ = "pair_counts"

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    tag: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    draws: Mapped[int] = mapped_column(Integer)
    observed: Mapped[int] = mapped_column(Integer)
    expected: Mapped[Decimal] = mapped_column(Numeric(12, 6))
    tail: Mapped[Decimal] = mapped_column(Numeric(9, 8))
    flagged: Mapped[bool] = mapped_column(server_default="false")
    counted_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("kind IN ('agent', 'bidder', 'expert')", name="known_kind"),
        CheckConstraint("observed >= 0 AND observed <= draws AND expected >= 0", name="counts"),
        Index("ix_pair_counts_tail", "tail"),
    )


class ExpertLeaning(Regional, Base):
    """How an expert's marks leaned over the determined sections of twelve months of a region; who it is is sealed.

    `tag` is a keyed hash of the expert, the same in every region; `sealed` is wrapped under region and tag. Shares are
    of the other judges' mean; no interval where the sample is too small. `apart` marks stood more than 30 % from it.
    """

    __tablename__ = "expert_leanings"

    region: Mapped[str] = mapped_column(String(6), primary_key=True, index=True)
    tag: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    sections: Mapped[int] = mapped_column(Integer)
    marks: Mapped[int] = mapped_column(Integer)
    apart: Mapped[int] = mapped_column(Integer)
    mean: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    low: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    high: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    counted_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("(low IS NULL) = (high IS NULL)", name="whole_interval"),
        CheckConstraint("sections > 0 AND marks > 0 AND apart >= 0", name="counts"),
    )
