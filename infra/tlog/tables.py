"""What the public log stores: tiles, checkpoints, co-signatures, time tokens, and the keys of dummy periods."""

from sqlalchemy import BigInteger, CheckConstraint, DateTime, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant


class Entries(Base):
    """A run of raw 32-byte entries from leaf `first` on, never across a multiple of 256; written once."""

    __tablename__ = "log_entries"

    first: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    entries: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint(
            "length(entries) % 32 = 0 AND length(entries) / 32 BETWEEN 1 AND 256 - first % 256", name="width"
        ),
    )


class Tile(Base):
    """A tile of up to 256 hashes of level 1 or higher, C2SP tlog-tiles; grows until full. Level 0 is computed."""

    __tablename__ = "log_tiles"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("length(hashes) BETWEEN 32 AND 8192", name="width"),
        CheckConstraint("level >= 1", name="computed_below"),
    )


class Checkpoint(Base):
    """A signed tree head; one for each beat of the log. Old ones that no event needs are pruned (`infra.tlog.pruning`)."""

    __tablename__ = "log_checkpoints"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str] = mapped_column(Text)
    signers: Mapped[int] = mapped_column(SmallInteger, server_default="0")


class Cosignature(Base):
    """One trustee's dated signature line under a checkpoint."""

    __tablename__ = "log_cosignatures"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    trustee: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    line: Mapped[str] = mapped_column(Text)


class TimeToken(Base):
    """What a time-stamp authority (RFC 3161) signed about a checkpoint: its whole answer, checked before it is kept."""

    __tablename__ = "log_time_tokens"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    authority: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    token: Mapped[bytes] = mapped_column(LargeBinary)


class Period(Base):
    """A span of the log whose dummies come from one key; the key is opened when nothing pending needs it hidden."""

    __tablename__ = "log_periods"

    first: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    began_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)
    commitment: Mapped[bytes] = mapped_column(LargeBinary)
    opens_after: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    opened_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
