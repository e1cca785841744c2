"""Rows of messages, of the mail that goes out for them, and how far the journal has been told."""

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, SmallInteger, String, Text
from sqlalchemy import text as words
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Count, Id, Instant


class Message(Base):
    """One person is told of one journal line, in the role in which it concerns them (None: as a person)."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    line: Mapped[int] = mapped_column(BigInteger)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str | None] = mapped_column(String(20))
    event: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(160))
    section: Mapped[str | None] = mapped_column(String(129))
    at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    read_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_messages_line_account", "line", "account", unique=True),
        Index("ix_messages_account", "account", "id"),
        Index("ix_messages_unread", "account", postgresql_where=words("read_at IS NULL")),
    )


class Mail(Base):
    """One letter for one message. `queued` waits, `sent` has left, `kept` stays here (demonstration), `failed` is given up."""

    __tablename__ = "mails"

    id: Mapped[Id]
    message: Mapped[int] = mapped_column(ForeignKey("messages.id"), unique=True)
    address: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), server_default="queued")
    tries: Mapped[Count] = mapped_column(server_default="0")
    why: Mapped[str | None] = mapped_column(Text)
    queued_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    done_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sent', 'kept', 'failed')", name="state_known"),
        CheckConstraint("(state = 'queued') = (done_at IS NULL)", name="done_has_time"),
    )


class MessageCursor(Base):
    """How far the journal is told: every line up to `settled` for sure, up to `seen` as far as it was there then.

    A line gets its number before it commits. Once every transaction that ran when `seen` was read has ended (`horizon`),
    no line up to `seen` can still appear.
    """

    __tablename__ = "message_cursor"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    settled: Mapped[Count]
    seen: Mapped[Count]
    horizon: Mapped[Count]
    seen_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("id = 1 AND settled <= seen", name="one_row"),)
