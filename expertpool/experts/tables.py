"""The pool of evaluation experts, their versions, standings and applications; what is personal is stored encrypted."""

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from expertpool.experts.states import ApplicationState, ExpertState
from infra.db.base import Base, Bytes, Id, Instant, Ref, Regional

NUMBERS = Sequence("expert_numbers", metadata=Base.metadata)
"""Counts the experts ever entered; a number that a refused entry had taken is not given again."""


class Expert(Regional, Base):
    """One expert. `identity` is `<type>:<number>`, sealed; `employer` a credit code or nothing.

    `specialties` are profession codes, `reaches` they and every code above them. `name_tag` and `phone_tag` are keyed
    hashes by which one who knows the whole of either finds the row. `drawn_before` counts the seats filled before
    drawings were kept one by one; it counts for nothing from `drawn_before_until` on and is never written again.
    """

    __tablename__ = "experts"

    id: Mapped[Id]
    name: Mapped[bytes] = mapped_column(LargeBinary)
    identity: Mapped[bytes] = mapped_column(LargeBinary)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    employer: Mapped[str | None] = mapped_column(String(18))
    specialties: Mapped[list[str]] = mapped_column(ARRAY(String(16)))
    number: Mapped[str | None] = mapped_column(String(24), unique=True)
    state: Mapped[ExpertState] = mapped_column(String(12), server_default="active")
    title: Mapped[str | None] = mapped_column(String(40))
    years: Mapped[int | None]
    employer_name: Mapped[str | None] = mapped_column(Text)
    reaches: Mapped[list[str]] = mapped_column(ARRAY(String(16)), server_default="{}")
    name_tag: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    phone_tag: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    sealed_contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    account: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"), unique=True)
    valid_until: Mapped[Instant | None] = mapped_column(index=True)
    pool: Mapped[str] = mapped_column(String(40), server_default="own")
    drawn_before: Mapped[int] = mapped_column(Integer, server_default="0")
    drawn_before_until: Mapped[Instant | None]
    available: Mapped[bool] = mapped_column(server_default="true")
    entered_at: Mapped[Instant] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("cardinality(specialties) > 0", name="has_specialty"),
        Index("ix_experts_list", "region", "id", postgresql_include=["state", "title"]),
        Index("ix_experts_title", "title", "region", "id", postgresql_include=["state"]),
        Index("ix_experts_entered", "entered_at", "id", postgresql_include=["region", "state", "title"]),
        Index(
            "ix_experts_other",
            "state",
            "region",
            "id",
            postgresql_where="state <> 'active'",
            postgresql_include=["title"],
        ),
        Index(
            "ix_experts_other_entered",
            "state",
            "entered_at",
            "id",
            postgresql_where="state <> 'active'",
            postgresql_include=["region", "title"],
        ),
        Index(
            "ix_experts_of_employer", "employer", "region", "id", postgresql_include=["state", "title", "specialties"]
        ),
    )


class ExpertApplication(Regional, Base):
    """One application; `sealed` holds its profile. `submitted_by` is the account that typed it, or `public`.

    `fingerprint` finds who has applied before or stands in the pool: only reviewers are told.
    `returned_why` and `sealed_equal` (why the level counts as a senior title) are sealed texts.
    """

    __tablename__ = "expert_applications"

    id: Mapped[Id]
    state: Mapped[ApplicationState] = mapped_column(String(20))
    sealed: Mapped[Bytes]
    fingerprint: Mapped[Bytes] = mapped_column(LargeBinary, index=True)
    submitted_by: Mapped[str] = mapped_column(String(64))
    submitted_at: Mapped[Instant]
    sealed_equal: Mapped[bytes | None] = mapped_column(LargeBinary)
    first_by: Mapped[str | None] = mapped_column(String(64))
    first_at: Mapped[Instant | None]
    second_by: Mapped[str | None] = mapped_column(String(64))
    second_at: Mapped[Instant | None]
    returned_why: Mapped[bytes | None] = mapped_column(LargeBinary)
    expert: Mapped[str | None] = mapped_column(ForeignKey("experts.id"), index=True)

    __table_args__ = (
        CheckConstraint("first_by <> second_by", name="two_reviewers"),
        CheckConstraint("submitted_by <> first_by AND submitted_by <> second_by", name="typed_by_another"),
        CheckConstraint("(first_by IS NULL) = (first_at IS NULL)", name="first_has_time"),
        CheckConstraint("(second_by IS NULL) = (second_at IS NULL)", name="second_has_time"),
        CheckConstraint("second_by IS NULL OR first_by IS NOT NULL", name="in_turn"),
        CheckConstraint("(state = 'entered') = (expert IS NOT NULL)", name="entered_has_expert"),
        CheckConstraint("state <> 'entered' OR second_by IS NOT NULL", name="entered_by_two"),
        Index("ix_expert_applications_queue", "region", "state", "submitted_at"),
    )


class ExpertVersion(Regional, Base):
    """One version of an expert's profile, never changed. `digest` is SHA-256 over the sealed salt and profile."""

    __tablename__ = "expert_versions"

    id: Mapped[Id]
    expert: Mapped[str] = mapped_column(ForeignKey("experts.id"))
    number: Mapped[int]
    sealed: Mapped[Bytes]
    digest: Mapped[Bytes]
    changed_by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]

    __table_args__ = (
        UniqueConstraint("expert", "number"),
        CheckConstraint("number >= 1", name="counted"),
        CheckConstraint("octet_length(digest) = 32", name="digest_size"),
        CheckConstraint("reason ~ '[^[:space:]]'", name="reasoned"),
    )


class ExpertStanding(Regional, Base):
    """One step of an expert's life, never changed; `until` is when a suspension ends by itself or an entry lapses."""

    __tablename__ = "expert_standings"

    id: Mapped[Id]
    expert: Mapped[str] = mapped_column(ForeignKey("experts.id"), index=True)
    verb: Mapped[str] = mapped_column(String(20))
    source: Mapped[ExpertState] = mapped_column(String(12))
    target: Mapped[ExpertState] = mapped_column(String(12))
    basis: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[Instant | None]
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[Instant]

    __table_args__ = (CheckConstraint("basis ~ '[^[:space:]]' AND reason ~ '[^[:space:]]'", name="reasoned"),)


class ApplicationFile(Regional, Base):
    """A certificate handed in with an application: name and bytes sealed, the bytes in the object store under the id.

    `version` names the object's version, `digest` is the SHA-256 of the file as it came.
    """

    __tablename__ = "application_files"

    id: Mapped[Id]
    application: Mapped[str] = mapped_column(ForeignKey("expert_applications.id"))
    place: Mapped[int]
    sealed_name: Mapped[Bytes]
    version: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int]
    digest: Mapped[Bytes]
    at: Mapped[Instant]

    __table_args__ = (
        UniqueConstraint("application", "place"),
        CheckConstraint("octet_length(digest) = 32", name="digest_length"),
        CheckConstraint("size > 0", name="not_empty"),
    )


class ExpertLetter(Regional, Base):
    """A letter by which an expert may take an account; `code_tag` is a keyed hash of its code, which stands nowhere."""

    __tablename__ = "expert_letters"

    id: Mapped[Id]
    expert: Mapped[str] = mapped_column(ForeignKey("experts.id"), index=True)
    code_tag: Mapped[Bytes] = mapped_column(LargeBinary, unique=True)
    by: Mapped[Ref]
    at: Mapped[Instant]
    ends_at: Mapped[Instant]
    used_at: Mapped[Instant | None]

    __table_args__ = (CheckConstraint("ends_at > at", name="ends"),)


class StandingNotice(Regional, Base):
    """That an expert was told of a step of the own life in the pool, and what the expert objected to it.

    `outcome` is what the last try to send became; `sealed_objection` holds the expert's words.
    """

    __tablename__ = "standing_notices"

    step: Mapped[Id]
    expert: Mapped[str] = mapped_column(ForeignKey("experts.id"))
    at: Mapped[Instant]
    tries: Mapped[int] = mapped_column(server_default="0")
    channel: Mapped[str | None] = mapped_column(String(12))
    outcome: Mapped[str | None] = mapped_column(String(12))
    sent_at: Mapped[Instant | None]
    objected_at: Mapped[Instant | None]
    sealed_objection: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index("ix_standing_notices_expert", "expert", "at"),
        CheckConstraint("(objected_at IS NULL) = (sealed_objection IS NULL)", name="objection_has_words"),
    )
