"""Rows of letters on the result."""

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant, Regional


class ResultLetter(Regional, Base):
    """The letter to one bidder; no row ever changes. `letter` is its file, `digest` the hash of it that the log has."""

    __tablename__ = "result_letters"

    bid: Mapped[str] = mapped_column(ForeignKey("bids.id"), primary_key=True)
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), index=True)
    bidder: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    letter: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("length(digest) = 32", name="digest_size"),)
