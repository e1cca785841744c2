"""Rows of what live pages are told: ids and kinds, no content; whoever hears of one asks for what they may see."""

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, Index, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant


class LiveEvent(Base):
    """One thing told on one channel. `number` counts a channel's events from 1 without a gap: the cursor of its readers.

    `id` counts all channels together and is shown to nobody: it would tell how much is told to others.
    """

    __tablename__ = "live_events"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    channel: Mapped[str] = mapped_column(String(160))
    number: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(160))
    at: Mapped[Instant] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = (
        UniqueConstraint("channel", "number"),
        CheckConstraint("number > 0", name="counted_from_one"),
        Index("ix_live_events_at", "at"),
    )
