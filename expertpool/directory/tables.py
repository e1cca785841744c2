"""What finding and counting need of the pool; the database keeps the first three by itself."""

from datetime import date

from sqlalchemy import (
    DDL,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from expertpool.directory.reaching import REACHING
from expertpool.experts.tables import Expert
from infra.db.base import Base, Count, Id, Instant, Name, Ref, Regional


class ExpertReach(Base):
    """One expert under one profession or one above it: `A0804` stands under `A0804`, `A08` and `A`.

    State, availability and title are those of the expert, kept by the database in the transaction that changes them.
    """

    __tablename__ = "expert_reach"

    profession: Mapped[str] = mapped_column(String(16))
    region: Mapped[str] = mapped_column(String(6))
    expert: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    available: Mapped[bool]
    title: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        PrimaryKeyConstraint(
            "profession", "region", "expert", postgresql_include=["state", "available", "title"], name="pk_expert_reach"
        ),
        Index("ix_expert_reach_expert", "expert"),
        Index("ix_expert_reach_title", "profession", "title", "region", "expert", postgresql_include=["state"]),
        Index(
            "ix_expert_reach_other",
            "profession",
            "state",
            "region",
            "expert",
            postgresql_where="state <> 'active'",
            postgresql_include=["title"],
        ),
    )


class ReachTally(Base):
    """How many active, available experts a body has under a profession in a region of two, four or six digits.

    A body is an employer's credit code, or the expert's own id where there is none.
    """

    __tablename__ = "reach_tallies"

    profession: Mapped[str] = mapped_column(String(16), primary_key=True)
    region: Mapped[str] = mapped_column(String(6), primary_key=True)
    body: Mapped[str] = mapped_column(String(64), primary_key=True)
    experts: Mapped[Count]


class ReachTotal(Base):
    """How many active, available experts, and of how many bodies, there are under a profession in a region."""

    __tablename__ = "reach_totals"

    profession: Mapped[str] = mapped_column(String(16), primary_key=True)
    region: Mapped[str] = mapped_column(String(6), primary_key=True)
    experts: Mapped[Count]
    bodies: Mapped[Count]


class Employer(Base):
    """A body that experts work for, by its credit code; `search` holds its name as pairs of characters."""

    __tablename__ = "employers"

    code: Mapped[str] = mapped_column(String(18), primary_key=True)
    name: Mapped[Name]
    search: Mapped[str] = mapped_column(TSVECTOR, deferred=True)

    __table_args__ = (
        CheckConstraint("name <> ''", name="named"),
        Index("ix_employers_search", "search", postgresql_using="gin"),
    )


class EmployerChange(Base):
    """A body renamed, or merged into another; what was frozen before goes on under the old code.

    `holds_from` is the day from which it holds in law, `at` when it was entered; `before` and `after` are the names, and
    `experts` counts those who went with it, of the region of whoever entered it.
    """

    __tablename__ = "employer_changes"

    id: Mapped[Id]
    old: Mapped[str] = mapped_column(String(18), index=True)
    new: Mapped[str] = mapped_column(String(18), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    at: Mapped[Instant]
    by: Mapped[Ref]
    reason: Mapped[str] = mapped_column(Text)
    holds_from: Mapped[date] = mapped_column(Date)
    before: Mapped[str] = mapped_column(Text, server_default="")
    after: Mapped[str] = mapped_column(Text, server_default="")
    experts: Mapped[int] = mapped_column(server_default="0")

    __table_args__ = (
        Index("ix_employer_changes_at", "at"),
        CheckConstraint("kind IN ('renamed', 'merged')", name="kind_known"),
        CheckConstraint("reason <> ''", name="reasoned"),
        CheckConstraint("(kind = 'merged') = (old <> new)", name="merged_into_another"),
    )


class ExpertImport(Regional, Base):
    """A file of experts handed in: its digest, and how many of its lines did what.

    `sealed` is the file until the last line is done, `done` how many lines are. Another clerk than `by` releases it.
    """

    __tablename__ = "expert_imports"

    id: Mapped[Id]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    lines: Mapped[int]
    entered: Mapped[int]
    changed: Mapped[int]
    same: Mapped[int]
    broken: Mapped[int]
    done: Mapped[int]
    by: Mapped[Ref]
    at: Mapped[Instant]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    released_by: Mapped[str | None] = mapped_column(String(160))
    finished_at: Mapped[Instant | None]

    __table_args__ = (
        UniqueConstraint("region", "digest"),
        CheckConstraint("octet_length(digest) = 32", name="digest_length"),
        CheckConstraint("released_by <> by OR by = 'system'", name="two_people"),
        CheckConstraint("finished_at IS NULL OR (done = lines AND sealed IS NULL)", name="finished_whole"),
    )


class ImportLine(Regional, Base):
    """What became of one line that is worth a word: never what it said."""

    __tablename__ = "import_lines"

    file: Mapped[str] = mapped_column(ForeignKey("expert_imports.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    column: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(40))


for _statement in REACHING:
    event.listen(Expert.__table__, "after_create", DDL(_statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
