"""Rows of who is invited to a tender."""

from sqlalchemy import DateTime, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant, Regional


class InvitedBidder(Regional, Base):
    """One body that a section's tender invites; from the notice on nobody is added or left out."""

    __tablename__ = "invited_bidders"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    bidder: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    credit_code: Mapped[str] = mapped_column(String(18))
    named_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
