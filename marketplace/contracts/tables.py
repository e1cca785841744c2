"""Rows of accepted contracts."""

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Name, Regional


class Fee(StrEnum):
    """What was paid: not more than agreed, more by an agreed supplement, or more than listed or promised."""

    KEPT = "kept"
    SUPPLEMENT = "supplement"
    ABOVE = "above"


class MarketContract(Regional, Base):
    """An accepted contract; `owner_stars`, `department_stars` are one to five by dimension, empty where none were given.

    Days are working days, amounts fen. `of` names where a contract comes from that was not made on this platform.
    """

    __tablename__ = "market_contracts"

    id: Mapped[Id]
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.id"))
    item: Mapped[str] = mapped_column(String(16))
    title: Mapped[Name]
    owner: Mapped[str] = mapped_column(Text)
    owner_group: Mapped[str] = mapped_column(String(64))
    fiscal: Mapped[bool] = mapped_column(Boolean)
    mode: Mapped[str] = mapped_column(String(16))
    price: Mapped[int] = mapped_column(BigInteger)
    ceiling: Mapped[int] = mapped_column(BigInteger)
    statutory_days: Mapped[int] = mapped_column(Integer)
    promised_days: Mapped[int] = mapped_column(Integer)
    actual_days: Mapped[int] = mapped_column(Integer)
    signed_at: Mapped[Instant]
    accepted_at: Mapped[Instant]
    returned: Mapped[int] = mapped_column(Integer)
    fee: Mapped[Fee] = mapped_column(String(10))
    related: Mapped[bool] = mapped_column(Boolean)
    owner_stars: Mapped[list[Any]] = mapped_column(JSONB)
    department_stars: Mapped[list[Any]] = mapped_column(JSONB)
    owner_words: Mapped[str] = mapped_column(Text)
    of: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_market_contracts_agency", "agency", "accepted_at"),
        Index("ix_market_contracts_item", "region", "item", "accepted_at"),
        CheckConstraint("price > 0 AND price <= ceiling", name="price_within_ceiling"),
        CheckConstraint("promised_days > 0 AND actual_days > 0 AND statutory_days > 0", name="days_positive"),
        CheckConstraint("signed_at < accepted_at", name="in_order"),
        CheckConstraint("returned >= 0", name="returned_counted"),
        CheckConstraint("fee IN ('kept', 'supplement', 'above')", name="fee_known"),
    )
