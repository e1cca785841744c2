"""The machine checks of a section's files: how far they are, and what they found."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant, Regional


class CheckRun(Regional, Base):
    """One section's run; what it found is wrapped by the key service: it quotes bids, whose plaintext is stored nowhere."""

    __tablename__ = "check_runs"

    section: Mapped[str] = mapped_column(String(129), ForeignKey("sections.id"), primary_key=True)
    done: Mapped[int] = mapped_column(Integer)
    total: Mapped[int] = mapped_column(Integer)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    started_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    made_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("(sealed IS NULL) = (made_at IS NULL)", name="made_has_findings"),
        CheckConstraint("done BETWEEN 0 AND total", name="done_within"),
    )
