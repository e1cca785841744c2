"""What becomes of each listed bid at the opening, and of a section that too few bids are left in."""

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Integer, String, Text
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
