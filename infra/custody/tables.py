"""Trustees, the duties asked of them, and keysets."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class Trustee(Base):
    """One of the three bodies' independent programs: custodian of opening keys and witness of the log."""

    __tablename__ = "trustees"

    name: Mapped[Id]
    body: Mapped[str] = mapped_column(String(20), unique=True)
    signer: Mapped[bytes] = mapped_column(LargeBinary)
    sealing: Mapped[bytes] = mapped_column(LargeBinary)
    vkey: Mapped[str] = mapped_column(Text)
    enrolled_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    beacon: Mapped[bytes | None] = mapped_column(LargeBinary)
    machine: Mapped[str | None] = mapped_column(String(44))
    administrator: Mapped[str] = mapped_column(Text, server_default="")
    custody: Mapped[str] = mapped_column(Text, server_default="")

    __table_args__ = (CheckConstraint("length(signer) = 32 AND length(sealing) = 32", name="key_sizes"),)


class TrusteeReport(Base):
    """What a trustee said of itself when it was last heard, and why it was turned away, if it was.

    `clock_ms` is its clock less the database's; `facts` is its report as it came, {} from a program too old to give one.
    """

    __tablename__ = "trustee_reports"

    trustee: Mapped[str] = mapped_column(ForeignKey("trustees.name"), primary_key=True)
    seen_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    clock_ms: Mapped[int] = mapped_column(BigInteger)
    refused: Mapped[str | None] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Duty(Base):
    """Something asked of one trustee; answered once."""

    __tablename__ = "duties"

    id: Mapped[Id]
    trustee: Mapped[str] = mapped_column(ForeignKey("trustees.name"))
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(160))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    asked_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    answered_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_has_time"),
        Index("ix_duties_subject", "subject", "kind", "trustee", unique=True),
        Index("ix_duties_pending", "trustee", postgresql_where="answered_at IS NULL"),
    )


class Keyset(Regional, Base):
    """A one-time set of public keys for one section and round, and the document that all custodians signed."""

    __tablename__ = "keysets"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(String(129), index=True)
    round: Mapped[int] = mapped_column(BigInteger)
    nonce: Mapped[bytes] = mapped_column(LargeBinary)
    deadline: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    event: Mapped[str] = mapped_column(String(40))
    minimum: Mapped[int] = mapped_column(BigInteger)
    document: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    published_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("published_at IS NULL OR document IS NOT NULL", name="published_has_document"),)
