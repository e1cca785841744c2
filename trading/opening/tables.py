"""What becomes of each listed bid at the opening, of a section with too few, and of the record that bidders confirm."""

from typing import Any

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
from sqlalchemy.dialects.postgresql import JSONB
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
    remedy_from: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    remedy_until: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint(
            "(stage IN ('sealed', 'announced', 'checked', 'priced')) = (cause IS NULL)", name="trouble_has_cause"
        ),
        CheckConstraint("(cause IS NULL) = (reason IS NULL) AND (cause IS NULL) = (part IS NULL)", name="cause_whole"),
        CheckConstraint("stage <> 'revoked' OR cause = 'bidder'", name="revoked_by_bidder"),
        CheckConstraint("stage <> 'withdrawn' OR cause NOT IN ('bidder', 'unknown')", name="withdrawn_is_decided"),
        CheckConstraint(
            "(remedy_from IS NULL) = (remedy_until IS NULL) AND (remedy_from IS NULL OR remedy_until >= remedy_from)",
            name="remedy_whole",
        ),
        CheckConstraint(
            "(decided_at IS NULL) = (reasons IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided_whole",
        ),
        Index("ix_bid_openings_section", "section", "stage"),
    )


class OpeningWindow(Regional, Base):
    """A limited time of an opening: for the `release` of enough keys, of a second keyset's too, for each bidder's `factor`.

    `until` moves when the host pauses; `closed_at` is when it was over with something still missing.
    """

    __tablename__ = "opening_windows"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    opened_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    until: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("kind IN ('factor', 'release', 'second-release')", name="kind_known"),
        CheckConstraint("until >= opened_at", name="limit_follows"),
        CheckConstraint("closed_at IS NULL OR closed_at >= opened_at", name="closed_follows"),
    )


class BidFactor(Regional, Base):
    """The factor B that a bidder gave for its bid, wrapped by the key service, and how often another one was refused."""

    __tablename__ = "bid_factors"

    bid: Mapped[str] = mapped_column(ForeignKey("bids.id"), primary_key=True)
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), index=True)
    refused: Mapped[int] = mapped_column(Integer)
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    given_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("refused >= 0", name="refused_counted"),
        CheckConstraint("(wrapped IS NULL) = (given_at IS NULL)", name="given_whole"),
    )


class Remedy(Regional, Base):
    """A part that its bidder showed in plain: stored under a fresh key, wrapped with the commitment's salt."""

    __tablename__ = "bid_remedies"

    bid: Mapped[str] = mapped_column(ForeignKey("bids.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(32), primary_key=True)
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    given_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """{leaf (base64), version} of each 8 MiB block: further versions of the objects of the damaged or sealed part."""


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
