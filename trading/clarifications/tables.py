"""Rows of questions, published answers, addenda, later deadlines, confirmations, subscriptions and fetched documents."""

from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Id, Instant, Regional


class Question(Regional, Base):
    """A question or objection. Who asked stands here and in the journal alone; pages of others never join `asker`.

    The procuring side sees it from `shown_at` on; `due_at` is the end of the time to answer an objection.
    """

    __tablename__ = "questions"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"))
    asker: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    shown_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))
    answer: Mapped[str | None] = mapped_column(Text)
    affects: Mapped[bool | None]
    reasons: Mapped[str | None] = mapped_column(Text)
    refusal: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("kind IN ('question', 'objection')", name="kind_known"),
        CheckConstraint("(kind = 'objection') = (due_at IS NOT NULL)", name="objection_has_end"),
        CheckConstraint("(state IN ('prepared', 'published')) = (answer IS NOT NULL)", name="answered_has_answer"),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refused_has_reason"),
        CheckConstraint("(state IN ('published', 'refused')) = (decided_at IS NOT NULL)", name="decided_has_time"),
        Index("ix_questions_section", "section", "state"),
        Index("ix_questions_asker", "asker", "section"),
    )


class Clarification(Regional, Base):
    """A question with its answer as published to everybody 澄清; `addendum` is the version it was issued with."""

    __tablename__ = "clarifications"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question: Mapped[str] = mapped_column(ForeignKey("questions.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    asked: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    affects: Mapped[bool]
    reasons: Mapped[str] = mapped_column(Text)
    addendum: Mapped[int | None]
    published_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("number > 0", name="number_positive"),)


class AddendumDraft(Regional, Base):
    """An addendum that is being written: the builder's `fields` as typed, `files`, and its `terms`, right or wrong."""

    __tablename__ = "addendum_drafts"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    fields: Mapped[dict[str, str]] = mapped_column(JSONB)
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    terms: Mapped[dict[str, str]] = mapped_column(JSONB)
    saved_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))


class Addendum(Regional, Base):
    """An addendum 补遗: it made this `version` of the document; whether it touches the preparation of bids, and why."""

    __tablename__ = "addenda"

    section: Mapped[str] = mapped_column(String(129), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    summary: Mapped[str] = mapped_column(Text)
    affects: Mapped[bool]
    reasons: Mapped[str] = mapped_column(Text)
    deadline: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    notice: Mapped[str] = mapped_column(ForeignKey("notices.id"))
    published_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        ForeignKeyConstraint(["section", "version"], ["document_versions.section", "document_versions.version"]),
        CheckConstraint("version > 1", name="version_follows"),
    )


class Extension(Regional, Base):
    """A later deadline 延期: from when to when, and why."""

    __tablename__ = "extensions"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    deadline_before: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    deadline: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    reasons: Mapped[str] = mapped_column(Text)
    extended_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("deadline > deadline_before", name="later"),)


class Confirmation(Regional, Base):
    """A bidder's signed word that its bid as handed in holds for a later version of the document."""

    __tablename__ = "bid_confirmations"

    bid: Mapped[str] = mapped_column(ForeignKey("bids.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    certificate: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("version > 1", name="version_follows"),)


class Subscription(Regional, Base):
    """Somebody who wants to be told of changes: a registered body, or a mail address (sealed; `tag` finds it again).

    Only what is confirmed is told; an address is deleted when the section has ended.
    """

    __tablename__ = "document_subscriptions"

    id: Mapped[Id]
    section: Mapped[str] = mapped_column(ForeignKey("sections.id"))
    organisation: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"))
    tag: Mapped[bytes | None] = mapped_column(LargeBinary)
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    confirmed_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("(organisation IS NULL) = (address IS NOT NULL)", name="body_or_address"),
        CheckConstraint("(tag IS NULL) = (address IS NULL)", name="address_has_tag"),
        Index("uq_document_subscriptions_body", "section", "organisation", unique=True),
        Index("uq_document_subscriptions_tag", "section", "tag", unique=True),
    )


class SubscriptionLetter(Base):
    """One letter to a subscribed address; `queued` waits, `sent` has left, `kept` stays here, `failed` is given up."""

    __tablename__ = "subscription_letters"

    id: Mapped[Id]
    subscription: Mapped[str] = mapped_column(ForeignKey("document_subscriptions.id", ondelete="CASCADE"), index=True)
    event: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10), server_default="queued", default="queued")
    tries: Mapped[int] = mapped_column(server_default="0", default=0)
    queued_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
    done_at: Mapped[Instant | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sent', 'kept', 'failed')", name="state_known"),
        CheckConstraint("(state = 'queued') = (done_at IS NULL)", name="done_has_time"),
        Index("ix_subscription_letters_waiting", "queued_at", postgresql_where="state = 'queued'"),
    )


class Fetch(Regional, Base):
    """A registered body has fetched a file of the tender document while signed in; only the procuring side reads this."""

    __tablename__ = "document_fetches"

    section: Mapped[str] = mapped_column(ForeignKey("sections.id"), primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int]
    fetched_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))
