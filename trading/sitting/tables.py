"""Which judges find the time for marking too short."""

from sqlalchemy import DateTime, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant, Regional


class TimeRequest(Regional, Base):
    """One judge asks for more time than is set now; the next extension answers it and takes it away."""

    __tablename__ = "time_requests"

    seat: Mapped[str] = mapped_column(ForeignKey("seats.id", ondelete="CASCADE"), primary_key=True)
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), index=True)
    asked_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
