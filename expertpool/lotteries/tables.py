"""Lotteries with a public list, and each numbered attempt to draw one."""

from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class Lottery(Regional, Base):
    """What is drawn for: subject and basis, who takes part (`[[code, name], …]`, sorted by code), how many places.

    `attempts` is the number of the last attempt; 0 while the list may still be written.
    """

    __tablename__ = "lotteries"

    id: Mapped[Id]
    subject: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    places: Mapped[int] = mapped_column(Integer)
    waiting: Mapped[int] = mapped_column(Integer)
    entries: Mapped[list[Any]] = mapped_column(JSONB)
    attempts: Mapped[int] = mapped_column(Integer)
    opened_by: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("subject <> '' AND basis <> ''", name="is_described"),
        CheckConstraint("places >= 1 AND waiting >= 0", name="has_places"),
    )


class LotteryAttempt(Regional, Base):
    """One attempt `LOTTERY/<lottery>/<n>`: `pool` is the frozen document, public with every salt, `told` its whole file.

    `repeat_reason` is the supervisor's signed reason for the next attempt.
    """

    __tablename__ = "lottery_attempts"

    id: Mapped[str] = mapped_column(String(140), primary_key=True)
    lottery: Mapped[str] = mapped_column(ForeignKey("lotteries.id"))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(12))
    request: Mapped[dict[str, Any]] = mapped_column(JSONB)
    pool: Mapped[dict[str, Any]] = mapped_column(JSONB)
    keyset: Mapped[str] = mapped_column(ForeignKey("keysets.id"), unique=True)
    told: Mapped[bytes | None] = mapped_column(LargeBinary)
    frozen_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    revealed_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    failed_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    failed_why: Mapped[str | None] = mapped_column(String(40))
    failed_party: Mapped[str | None] = mapped_column(String(20))
    repeat_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("lottery", "number"),
        CheckConstraint("(revealed_at IS NULL) = (told IS NULL)", name="revealed_is_told"),
        CheckConstraint("(failed_at IS NULL) = (failed_why IS NULL)", name="failed_has_reason"),
    )
