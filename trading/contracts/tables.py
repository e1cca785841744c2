"""Rows of contracts."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant, Regional


class Contract(Regional, Base):
    """The contract of a section; no row ever changes. `due_at` is the end of its period, `late_why` why it came later."""

    __tablename__ = "contracts"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    notice: Mapped[str] = mapped_column(String(64))
    amount: Mapped[int] = mapped_column(BigInteger)
    signed_on: Mapped[date] = mapped_column(Date)
    period: Mapped[str] = mapped_column(Text)
    payments: Mapped[str] = mapped_column(Text)
    due_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    late_why: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)


class Milestone(Regional, Base):
    """A milestone of a contract's performance; once done it does not change. `amount` is a payment's, in fen."""

    __tablename__ = "contract_milestones"

    section: Mapped[str] = mapped_column(ForeignKey("contracts.section"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[int | None] = mapped_column(BigInteger)
    planned_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    done_on: Mapped[date | None] = mapped_column(Date)
    words: Mapped[str | None] = mapped_column(Text)
    told_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("kind IN ('performance', 'acceptance', 'payment')", name="kind_known"),
        CheckConstraint("(kind = 'payment') = (amount IS NOT NULL)", name="payment_has_amount"),
        CheckConstraint("amount IS NULL OR amount > 0", name="milestone_amount_positive"),
        CheckConstraint("(done_on IS NULL) = (told_at IS NULL)", name="done_has_time"),
        CheckConstraint("(done_on IS NULL) = (words IS NULL)", name="done_has_words"),
    )
