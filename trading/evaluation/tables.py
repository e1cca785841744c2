"""Judges' sealed sheets and the evaluation's result."""

from typing import Any

from sqlalchemy import DateTime, ForeignKey, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant, Regional


class Sheet(Regional, Base):
    """One judge's complete marks: sealed until every judge has locked, bound by a logged and signed commitment."""

    __tablename__ = "sheets"

    seat: Mapped[str] = mapped_column(ForeignKey("seats.id"), primary_key=True)
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    commitment: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    locked_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    report_signature: Mapped[bytes | None] = mapped_column(LargeBinary)


class Evaluation(Regional, Base):
    """The published evaluation: its evidence file (design/recompute.md) with every mark, and the report's digest."""

    __tablename__ = "evaluations"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB)
    report: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    published_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
