"""Under which label each bid is read."""

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant, Regional


class BlindLabels(Regional, Base):
    """The labels of a section's bids, wrapped by the key service until the marks are published; their logged commitment."""

    __tablename__ = "blind_labels"

    section: Mapped[str] = mapped_column(String(129), ForeignKey("sections.id"), primary_key=True)
    commitment: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("octet_length(commitment) = 32", name="commitment_length"),)
