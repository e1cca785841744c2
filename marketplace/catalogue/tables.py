"""Rows of the catalogue."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant, Name, Regional


class PriceKind(StrEnum):
    """How the price of an item comes about: set by the government, guided by it, or the market's."""

    SET = "set"
    GUIDED = "guided"
    MARKET = "market"


class Category(StrEnum):
    """What kind of service an item is."""

    ASSESSMENT = "assessment"
    DRAWING = "drawing"
    SURVEY = "survey"
    TESTING = "testing"
    FINANCE = "finance"


class ServiceItem(Regional, Base):
    """A version of a service item 中介服务事项; the highest of a code is in force. Days are working days."""

    __tablename__ = "service_items"

    region: Mapped[str] = mapped_column(String(6), primary_key=True)
    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[Name]
    category: Mapped[Category] = mapped_column(String(12))
    department: Mapped[str] = mapped_column(Text)
    approval: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    qualification: Mapped[str] = mapped_column(Text)
    statutory_days: Mapped[int] = mapped_column(Integer)
    promised_days: Mapped[int] = mapped_column(Integer)
    price_kind: Mapped[PriceKind] = mapped_column(String(8))
    bundle: Mapped[str] = mapped_column(Text)
    regional: Mapped[bool]
    entered_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]

    __table_args__ = (
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("0 < promised_days AND promised_days <= statutory_days", name="days_in_order"),
    )
