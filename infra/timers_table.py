"""Rows of legal time: what falls due, when, and whether its effect has happened."""

from sqlalchemy import BigInteger, DateTime, Identity, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant


class Timer(Base):
    """One due effect; done in the same transaction as its effect, so exactly once."""

    __tablename__ = "timers"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    due_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    verb: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(160))
    done_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    tries: Mapped[int] = mapped_column(server_default="0")
    trouble: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("verb", "subject"),
        Index("ix_timers_pending", "due_at", postgresql_where="done_at IS NULL"),
    )
