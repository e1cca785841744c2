"""What becomes of each listed bid at the opening, of a section with too few, and of the record that bidders confirm."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant, Regional


class BidOpening(Regional, Base):
    """One listed bid in the opening; `part`, `reason` (a problem's code) and `cause` tell why it did not open."""

    __tablename__ = "bid_openings"

    bid: Mapped[str] = mapped_column(ForeignKey("bids.id"), primary_key=True)
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"))
    stage: Mapped[str] = mapped_column(String(20))
    part: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(String(60))
    cause: Mapped[str | None] = mapped_column(String(20))
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    reasons: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("(stage IN ('sealed', 'announced', 'checked')) = (cause IS NULL)", name="trouble_has_cause"),
        CheckConstraint("(cause IS NULL) = (reason IS NULL) AND (cause IS NULL) = (part IS NULL)", name="cause_whole"),
        CheckConstraint("(stage = 'revoked') = (cause IS NOT DISTINCT FROM 'bidder')", name="revoked_by_bidder"),
        CheckConstraint("stage <> 'withdrawn' OR cause <> 'unknown'", name="withdrawn_is_decided"),
        CheckConstraint(
            "(decided_at IS NULL) = (reasons IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided_whole",
        ),
        Index("ix_bid_openings_section", "section", "stage"),
    )


class Halt(Regional, Base):
    """A section in which fewer bids than the minimum are `remaining`; it goes on only by an officer's decision."""

    __tablename__ = "opening_halts"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    remaining: Mapped[int] = mapped_column(Integer)
    minimum: Mapped[int] = mapped_column(Integer)
    halted_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    decision: Mapped[str | None] = mapped_column(String(20))
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    reasons: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("remaining < minimum", name="below_minimum"),
        CheckConstraint("decision IN ('continue', 'fail')", name="decision_known"),
        CheckConstraint(
            "(decision IS NULL) = (reasons IS NULL) AND (decision IS NULL) = (decided_at IS NULL)"
            " AND (decision IS NULL) = (decided_by IS NULL)",
            name="decided_whole",
        ),
    )


class OpeningRecord(Regional, Base):
    """The opening record 开标记录 of a section: its digest, until when its bidders may answer, when it became final."""

    __tablename__ = "opening_records"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    confirm_until: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    settled_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("octet_length(digest) = 32", name="digest_length"),
        CheckConstraint("confirm_until >= made_at", name="limit_follows"),
        CheckConstraint("settled_at IS NULL OR settled_at >= made_at", name="settled_follows"),
    )


class Confirmation(Regional, Base):
    """A bidder's assent to the opening record; `signature` under `certificate` where it was given with a key."""

    __tablename__ = "opening_confirmations"

    bid: Mapped[str] = mapped_column(ForeignKey("bids.id"), primary_key=True)
    section: Mapped[str] = mapped_column(ForeignKey("opening_records.section"), index=True)
    account: Mapped[str] = mapped_column(String(64))
    at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    signature: Mapped[bytes | None] = mapped_column(LargeBinary(64))
    certificate: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (CheckConstraint("(signature IS NULL) = (certificate IS NULL)", name="signed_whole"),)


class Objection(Regional, Base):
    """A bidder's objection at the opening and the answer given on the spot (TBR 44)."""

    __tablename__ = "opening_objections"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), index=True)
    bid: Mapped[str] = mapped_column(ForeignKey("bids.id"), index=True)
    account: Mapped[str] = mapped_column(String(64))
    at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    reasons: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(String(64))
    answered_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by IS NULL)",
            name="answered_whole",
        ),
    )


class HallNote(Regional, Base):
    """What the host of an opening says to all: a note, or that (and why) the confirming of the record pauses or goes on."""

    __tablename__ = "hall_notes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    account: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(20))
    at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("kind IN ('note', 'pause', 'resume')", name="kind_known"),)
