"""Rows of hand-overs."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class Handover(Regional, Base):
    """One file in which a section's archive was handed over; `done` of `size` bytes are written while it is being made.

    `version` names the object, `digest` its SHA-256, `index_digest` that of the index inside; `failed_why` the refusal
    that ended the making.
    """

    __tablename__ = "handovers"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    done: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    size: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    made_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    index_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    failed_why: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        UniqueConstraint("section", "number"),
        CheckConstraint("state IN ('making', 'made', 'failed')", name="state_known"),
        CheckConstraint("(state = 'made') = (version IS NOT NULL)", name="made_is_stored"),
        CheckConstraint("(state = 'made') = (digest IS NOT NULL)", name="made_has_digest"),
        CheckConstraint("(state = 'failed') = (failed_why IS NOT NULL)", name="failed_has_reason"),
    )
