"""A project and the bodies that stand behind it."""

from sqlalchemy import DateTime, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class Project(Regional, Base):
    """An accepted project; sections hang below it. `id` is the tender's public code, e.g. `YH-GC-2026-0001`."""

    __tablename__ = "projects"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(20))
    procuring_entity: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    agent: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    investment_code: Mapped[str | None] = mapped_column(String(24))
    accepted_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
