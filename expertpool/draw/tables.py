"""Draws, their secret pool, the seats they fill and the alternates who wait."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class Draw(Regional, Base):
    """One attempt `<section>/<n>`; pool, secret and result are sealed until the result is determined.

    `repeat_reason` is the supervisor's signed reason for the next attempt, `repeat_supplement` whether that may only fill
    vacant seats; `sign_in_by` is when an absent judge is replaced. `supplement` marks an attempt that fills vacant seats:
    `sealed_seated` holds whose employers it avoids, `sealed_called` the experts a draw called, in drawn order.
    """

    __tablename__ = "draws"

    id: Mapped[str] = mapped_column(String(140), primary_key=True)
    section: Mapped[str] = mapped_column(String(129), index=True)
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20))
    request: Mapped[dict[str, Any]] = mapped_column(JSONB)
    repeat_reason: Mapped[str | None] = mapped_column(Text)
    sealed_pool: Mapped[bytes | None] = mapped_column(LargeBinary)
    keyset: Mapped[str | None] = mapped_column(ForeignKey("keysets.id"))
    sealed_evidence: Mapped[bytes | None] = mapped_column(LargeBinary)
    requested_at: Mapped[Instant]
    frozen_at: Mapped[Instant | None]
    revealed_at: Mapped[Instant | None]
    sign_in_by: Mapped[Instant | None]
    evaluation_at: Mapped[Instant | None]
    ordered_at: Mapped[Instant | None]
    failed_why: Mapped[str | None] = mapped_column(String(40))
    disclosed_at: Mapped[Instant | None]
    supplement: Mapped[bool] = mapped_column(server_default="false")
    step_seconds: Mapped[int] = mapped_column(Integer, server_default="1800")
    sealed_called: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_seated: Mapped[bytes | None] = mapped_column(LargeBinary)
    repeat_supplement: Mapped[bool] = mapped_column(server_default="false")

    __table_args__ = (
        UniqueConstraint("section", "number"),
        CheckConstraint("(frozen_at IS NULL) = (sealed_pool IS NULL)", name="frozen_has_pool"),
        CheckConstraint("(revealed_at IS NULL) = (sealed_evidence IS NULL)", name="revealed_has_evidence"),
        CheckConstraint("step_seconds > 0", name="step_has_time"),
        Index("ix_draws_region_requested_at", "region", "requested_at"),
    )


class Seat(Regional, Base):
    """One place on the evaluation committee; the public knows it as 评委 `number` and by a key made for this section.

    A replacement is a new row of the same number: what the one before did goes with its row (TBR 48).
    """

    __tablename__ = "seats"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(String(129), index=True)
    draw: Mapped[str] = mapped_column(ForeignKey("draws.id"))
    number: Mapped[int] = mapped_column(Integer)
    specialty: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16), server_default="expert")
    place: Mapped[str | None] = mapped_column(Text)
    sealed_expert: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_slip: Mapped[bytes] = mapped_column(LargeBinary)
    slip_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    slip_printed_at: Mapped[Instant | None]
    signed_in_at: Mapped[Instant | None]
    vacant_since: Mapped[Instant | None]
    certificate: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        UniqueConstraint("section", "number"),
        CheckConstraint("(signed_in_at IS NULL) = (certificate IS NULL)", name="signed_in_has_certificate"),
        CheckConstraint("vacant_since IS NULL OR signed_in_at IS NULL", name="vacant_is_empty"),
    )


class Alternate(Regional, Base):
    """Who takes a vacant seat of a specialty: the lowest `place` not yet taken, as drawn (draw/v1 step 6)."""

    __tablename__ = "alternates"

    draw: Mapped[str] = mapped_column(ForeignKey("draws.id"), primary_key=True)
    specialty: Mapped[str] = mapped_column(String(16), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_expert: Mapped[bytes] = mapped_column(LargeBinary)
    taken_at: Mapped[Instant | None]


class Drawing(Regional, Base):
    """That somebody was drawn, counted for twelve months; who it was stands under the seal only."""

    __tablename__ = "drawings"

    id: Mapped[Id]
    draw: Mapped[str] = mapped_column(ForeignKey("draws.id"), index=True)
    place: Mapped[int] = mapped_column(Integer)
    specialty: Mapped[str] = mapped_column(String(16))
    sealed_expert: Mapped[bytes] = mapped_column(LargeBinary)
    counted_at: Mapped[Instant] = mapped_column(DateTime(timezone=True), index=True)


class PoolChunk(Regional, Base):
    """One sealed piece of a frozen pool in the object store: its object's key, bytes and SHA-256."""

    __tablename__ = "pool_chunks"

    draw: Mapped[str] = mapped_column(ForeignKey("draws.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    bytes: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("number >= 0", name="number"),
        CheckConstraint("bytes > 0", name="holds_something"),
        CheckConstraint("octet_length(sha256) = 32", name="digest"),
    )
