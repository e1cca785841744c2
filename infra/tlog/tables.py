"""What the public log stores: tiles, checkpoints, co-signatures, and the keys of dummy periods."""

from sqlalchemy import BigInteger, CheckConstraint, DateTime, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Instant


class Tile(Base):
    """A tile of up to 256 hashes (level >= 0) or 256 raw entries (level −1), C2SP tlog-tiles; grows until full."""

    __tablename__ = "log_tiles"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (CheckConstraint("length(hashes) BETWEEN 32 AND 8192", name="width"),)


class Checkpoint(Base):
    """A signed tree head; one for each beat of the log, changed or not."""

    __tablename__ = "log_checkpoints"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str] = mapped_column(Text)
    signers: Mapped[int] = mapped_column(SmallInteger, server_default="0", index=True)


class Cosignature(Base):
    """One trustee's dated signature line under a checkpoint."""

    __tablename__ = "log_cosignatures"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    trustee: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    line: Mapped[str] = mapped_column(Text)


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
