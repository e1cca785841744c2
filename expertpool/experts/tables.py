"""The pool of evaluation experts; names and identities are stored encrypted."""

from sqlalchemy import CheckConstraint, DateTime, Integer, LargeBinary, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class Expert(Regional, Base):
    """One expert. `identity` is `<type>:<number>`, sealed; `employer` a credit code or nothing."""

    __tablename__ = "experts"

    id: Mapped[Id]
    name: Mapped[bytes] = mapped_column(LargeBinary)
    identity: Mapped[bytes] = mapped_column(LargeBinary)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    employer: Mapped[str | None] = mapped_column(String(18), index=True)
    specialties: Mapped[list[str]] = mapped_column(ARRAY(String(16)))
    drawn_last_year: Mapped[int] = mapped_column(Integer, server_default="0")
    available: Mapped[bool] = mapped_column(server_default="true")
    entered_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("cardinality(specialties) > 0", name="has_specialty"),)
