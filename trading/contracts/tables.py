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
