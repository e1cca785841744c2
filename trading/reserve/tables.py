"""A section's one sealed reserve price."""

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant, Regional


class ReservePrice(Regional, Base):
    """The reserve price 标底 of a section as sealed last; `price` in fen, or `reason` why it did not open, at the opening."""

    __tablename__ = "reserve_prices"

    section: Mapped[str] = mapped_column(String(129), ForeignKey("sections.id"), primary_key=True)
    keyset: Mapped[str] = mapped_column(String(64), ForeignKey("keysets.id"))
    container: Mapped[bytes] = mapped_column(LargeBinary)
    manifest: Mapped[str] = mapped_column(Text)
    sealed_by: Mapped[str] = mapped_column(String(64), ForeignKey("organisations.id"))
    sealed_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    price: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str | None] = mapped_column(String(60))
    opened_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("price IS NULL OR price > 0", name="price_positive"),
        CheckConstraint(
            "(opened_at IS NOT NULL) = (price IS NOT NULL OR reason IS NOT NULL) AND (price IS NULL OR reason IS NULL)",
            name="told_once",
        ),
    )
