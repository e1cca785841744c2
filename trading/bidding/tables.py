"""Bids, their sealed parts and the uploaded blocks."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class Bid(Regional, Base):
    """One bid of one bidder for one section; at most one stands submitted at a time.

    A bid of two envelopes 双信封 stays one row: it is handed in, replaced, withdrawn and proven as a whole, part names
    tell the envelope, and there are never more than two. `second_…` are the manifest of its prices, its SHA-256, and the
    signature by the same key; `manifest`, `digest` and `signature` are those of the first, by which the bid is known.
    """

    __tablename__ = "bids"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"))
    bidder: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    state: Mapped[str] = mapped_column(String(20))
    manifest: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    certificate: Mapped[bytes] = mapped_column(LargeBinary)
    started_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    submitted_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    line: Mapped[int | None] = mapped_column(BigInteger)
    last_line: Mapped[int | None] = mapped_column(BigInteger)
    form: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    trouble: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    second_manifest: Mapped[str | None] = mapped_column(Text)
    second_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    second_signature: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("state IN ('started', 'refused') OR submitted_at IS NOT NULL", name="submitted_has_time"),
        CheckConstraint("(state = 'opened') = (form IS NOT NULL)", name="opened_has_form"),
        CheckConstraint(
            "(second_manifest IS NULL) = (second_digest IS NULL)"
            " AND (second_manifest IS NULL) = (second_signature IS NULL)",
            name="second_whole",
        ),
        Index("ix_bids_bidder", "bidder", "section"),
        Index("ix_bids_section", "section", "state"),
        Index(
            "uq_bids_standing",
            "section",
            "bidder",
            unique=True,
            postgresql_where="state IN ('submitted', 'opened', 'unopened')",
        ),
    )


class Rehearsal(Regional, Base):
    """A bidder has opened a tiny container and read its bid kit back, for the bid of this manifest (its SHA-256)."""

    __tablename__ = "bid_rehearsals"

    bidder: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), index=True)
    rehearsed_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("octet_length(digest) = 32", name="digest_size"),)


class BidPart(Base):
    """One sealed part: what the manifest says of it, the header that was uploaded, later its wrapped input key."""

    __tablename__ = "bid_parts"

    bid: Mapped[str] = mapped_column(ForeignKey("bids.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(32), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    commit: Mapped[bytes] = mapped_column(LargeBinary)
    header: Mapped[bytes | None] = mapped_column(LargeBinary)
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    plain_size: Mapped[int | None] = mapped_column(BigInteger)


class BidBlock(Base):
    """One uploaded 8 MiB block, written once and pinned by its object version."""

    __tablename__ = "bid_blocks"

    bid: Mapped[str] = mapped_column(ForeignKey("bids.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[str] = mapped_column(Text)
