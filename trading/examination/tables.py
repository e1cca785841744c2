"""What judges answer in the preliminary examination: drafts, locked sheets, and the settled result of a section."""

from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant, Regional


class ExaminationDraft(Regional, Base):
    """One judge's answers about one bid before the lock, sealed to one length, so that none tells a pass from a failure."""

    __tablename__ = "examination_drafts"

    seat: Mapped[str] = mapped_column(ForeignKey("seats.id", ondelete="CASCADE"), primary_key=True)
    bid: Mapped[str] = mapped_column(ForeignKey("bids.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))


class ExaminationSheet(Regional, Base):
    """One judge's complete answers: sealed until every judge has locked, bound by a logged and signed commitment."""

    __tablename__ = "examination_sheets"

    seat: Mapped[str] = mapped_column(ForeignKey("seats.id", ondelete="CASCADE"), primary_key=True)
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    commitment: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    locked_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("octet_length(commitment) = 32", name="commitment_is_digest"),)


class Examination(Regional, Base):
    """The settled result of a section, for the committee of one draw; open again where a judge was replaced since."""

    __tablename__ = "examinations"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    draw: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any]] = mapped_column(JSONB)
    settled_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    reopened_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
