"""Rows of inquiries."""

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class Inquiry(Regional, Base):
    """One question about one bid; `key` is the bid or the label it was asked under, `judge` none where a machine asked.

    `number` counts within the section and is never told to a bidder: it would tell how many others were asked.
    """

    __tablename__ = "inquiries"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"))
    number: Mapped[int] = mapped_column(Integer)
    bid: Mapped[str] = mapped_column(ForeignKey("bids.id"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    judge: Mapped[str | None] = mapped_column(String(8))
    ground: Mapped[str] = mapped_column(String(16))
    question: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    drafted_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    refusal: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    answer: Mapped[str | None] = mapped_column(Text)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    certificate: Mapped[bytes | None] = mapped_column(LargeBinary)
    closed_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        UniqueConstraint("section", "number"),
        CheckConstraint("state IN ('drafted', 'refused', 'sent', 'answered', 'silent')", name="state_known"),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refused_has_reason"),
        CheckConstraint("(state IN ('sent', 'answered', 'silent')) = (sent_at IS NOT NULL)", name="sent_has_time"),
        CheckConstraint("(sent_at IS NULL) = (due_at IS NULL)", name="sent_has_end"),
        CheckConstraint("(state = 'answered') = (answer IS NOT NULL)", name="answered_has_answer"),
        CheckConstraint("(answer IS NULL) = (signature IS NULL)", name="answer_is_signed"),
        CheckConstraint("(answer IS NULL) = (certificate IS NULL)", name="answer_has_certificate"),
        CheckConstraint("(state IN ('drafted', 'sent')) = (closed_at IS NULL)", name="closed_has_time"),
    )
