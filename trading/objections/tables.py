"""Rows of objections to results."""

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class ResultObjection(Regional, Base):
    """One objection; its words are read by the bidder who raised it and the procuring side, the public reads its number.

    `digest` is SHA-256 of canonical {salt, section, text}, as the log has it.
    """

    __tablename__ = "result_objections"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"))
    number: Mapped[int] = mapped_column(Integer)
    bidder: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    state: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    raised_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    answer: Mapped[str | None] = mapped_column(Text)
    upheld: Mapped[bool | None]
    decided_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        UniqueConstraint("section", "number"),
        CheckConstraint("state IN ('raised', 'answered', 'withdrawn')", name="state_known"),
        CheckConstraint("(state = 'answered') = (answer IS NOT NULL)", name="answered_has_answer"),
        CheckConstraint("(answer IS NULL) = (upheld IS NULL)", name="answer_decides"),
        CheckConstraint("(state = 'raised') = (decided_at IS NULL)", name="decided_has_time"),
    )
