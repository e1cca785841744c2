"""The journal: one line per use-case, written in the use-case's own transaction; everything else follows from it."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, Index, LargeBinary, String, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant


class Line(Base):
    """One journal line.

    A line that bears on rights gets its salts at once and its place in the public log from the sequencer.
    """

    __tablename__ = "journal"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[Instant] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    event: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(160))
    section: Mapped[str | None] = mapped_column(String(129))
    region: Mapped[str | None] = mapped_column(String(6))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    link_salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    leaf: Mapped[int | None] = mapped_column(BigInteger)
    number: Mapped[int | None] = mapped_column(BigInteger)
    previous: Mapped[bytes | None] = mapped_column(LargeBinary)
    entry: Mapped[bytes | None] = mapped_column(LargeBinary)
    preimage: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("(salt IS NULL) = (link_salt IS NULL)", name="salts_together"),
        CheckConstraint("leaf IS NULL OR (entry IS NOT NULL AND preimage IS NOT NULL)", name="leaf_has_entry"),
        Index("ix_journal_pending", "id", postgresql_where="salt IS NOT NULL AND leaf IS NULL"),
        Index("ix_journal_section", "section", "number"),
        Index("ix_journal_subject", "subject", "id"),
        Index("ix_journal_leaf", "leaf", unique=True),
        Index("ix_journal_entry", "entry", postgresql_using="hash"),
        Index("ix_journal_at", "at", "id"),
        Index("ix_journal_actor", "actor", "at"),
        Index("ix_journal_event", "event", "at"),
    )
