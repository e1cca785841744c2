"""The professions experts are entered under, a tree of up to four levels (发改法规〔2018〕316号)."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Name


class Profession(Base):
    """One profession by its code; `parent` is the code above it, `source` the list it was taken from."""

    __tablename__ = "professions"

    code: Mapped[str] = mapped_column(String(9), primary_key=True)
    parent: Mapped[str | None] = mapped_column(ForeignKey("professions.code"))
    name_zh: Mapped[Name]
    name_en: Mapped[str | None] = mapped_column(Text)
    source: Mapped[Name]
    valid_from: Mapped[date] = mapped_column(Date)
    ended_at: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (CheckConstraint("parent IS NULL OR starts_with(code, parent)", name="below_parent"),)
