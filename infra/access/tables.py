"""The access log: one row for each read of something sealed or personal, and the roots that fix them by the hour."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, Index, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant


class AccessLine(Base):
    """One read. The database refuses to change or delete it; `entry` is what it is reduced to in its hour's tree.

    `region` is empty where neither the reader nor what was read belongs to one.
    """

    __tablename__ = "access_log"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(64))
    read: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    section: Mapped[str | None] = mapped_column(String(129))
    region: Mapped[str] = mapped_column(String(6))
    outcome: Mapped[str] = mapped_column(String(20))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    entry: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("outcome IN ('granted', 'refused')", name="outcome_known"),
        CheckConstraint("octet_length(salt) = 32 AND octet_length(entry) = 32", name="sizes"),
        Index("ix_access_log_at", "at", "id"),
        Index("ix_access_log_actor", "actor", "at"),
        Index("ix_access_log_section", "section", "at"),
        Index("ix_access_log_read", "read", "at"),
        Index("ix_access_log_subject", "subject", "at"),
        Index("ix_access_log_outcome", "outcome", "at"),
    )


class AccessRoot(Base):
    """The tree over the lines `first` < id ≤ `last`, logged as `access.rooted` number n; `blind` makes its dummies."""

    __tablename__ = "access_roots"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    since: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    until: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    blind: Mapped[bytes] = mapped_column(LargeBinary)
    root: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("first <= last AND since < until AND number >= 1", name="in_order"),
        CheckConstraint("octet_length(blind) = 32 AND octet_length(root) = 32", name="sizes"),
        Index("ix_access_roots_last", "last"),
    )
