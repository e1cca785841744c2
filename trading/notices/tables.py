"""Rows of notices: immutable versions, own and imported, with what lists and search need."""

from typing import Any

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, LargeBinary, String, desc, event
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from infra.db.base import Base, Count, Id, Instant, Name, Regional
from trading.notices.kinds import Category, NoticeKind

CURRENT = "superseded_at IS NULL"
_FILTERED = ("kind", "category", "region", "closes_at")


def _listing(name: str, *columns: str) -> Index:
    """An index for a list, newest first; what filters look at comes with it, so that counting reads no rows."""
    return Index(
        name,
        *columns,
        desc("published_at"),
        desc("id"),
        postgresql_where=CURRENT,
        postgresql_include=[column for column in _FILTERED if column not in columns],
    )


class Notice(Regional, Base):
    """One version of a notice. Nothing but `superseded_at` ever changes; a correction is a new row with `corrects`.

    `closes_at` is the bid deadline of a tender notice and the end of publicity of candidates. `facts` and `candidates`
    hold what was published, verbatim. `origin` and `source` say where an imported notice came from.
    """

    __tablename__ = "notices"

    id: Mapped[Id]
    kind: Mapped[NoticeKind] = mapped_column(String(20))
    category: Mapped[Category] = mapped_column(String(20))
    title: Mapped[Name]
    project: Mapped[Name]
    section: Mapped[str | None] = mapped_column(String(129))
    published_at: Mapped[Instant]
    closes_at: Mapped[Instant | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    origin: Mapped[str | None] = mapped_column(String(100))
    source: Mapped[Name | None]
    content_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    version: Mapped[int] = mapped_column(server_default="1")
    corrects: Mapped[str | None] = mapped_column(ForeignKey("notices.id"))
    superseded_at: Mapped[Instant | None]
    search: Mapped[str] = mapped_column(TSVECTOR, deferred=True)

    __table_args__ = (
        CheckConstraint("title <> ''", name="titled"),
        CheckConstraint("(origin IS NULL) = (source IS NULL)", name="origin_with_source"),
        CheckConstraint("(corrects IS NULL) = (version = 1)", name="first_version_corrects_nothing"),
        Index("uq_notices_source", "origin", "source", unique=True, postgresql_where=CURRENT),
        Index("uq_notices_corrects", "corrects", unique=True, postgresql_where="corrects IS NOT NULL"),
        _listing("ix_notices_published"),
        _listing("ix_notices_kind", "kind"),
        _listing("ix_notices_category", "category", "kind"),
        Index(
            "ix_notices_closes",
            "closes_at",
            "id",
            postgresql_where=CURRENT,
            postgresql_include=["kind", "category", "region"],
        ),
        Index("ix_notices_section", "section", postgresql_where="section IS NOT NULL"),
        Index("ix_notices_search", "search", postgresql_using="gin", postgresql_where=CURRENT),
    )


class NoticeTally(Base):
    """How many current notices of a kind and category there are, and how many of them have a `closes_at` (`dated`).

    The database keeps it by itself, in the transaction that changes notices. A row is the sum over one of sixteen
    groups of connections, so that publications seldom wait for each other; `changes` only ever grows.
    """

    __tablename__ = "notice_tallies"

    kind: Mapped[NoticeKind] = mapped_column(String(20), primary_key=True)
    category: Mapped[Category] = mapped_column(String(20), primary_key=True)
    stripe: Mapped[int] = mapped_column(primary_key=True)
    notices: Mapped[Count]
    dated: Mapped[Count]
    changes: Mapped[Count]


_ADD = """
INSERT INTO notice_tallies AS kept (kind, category, stripe, notices, dated, changes)
SELECT kind, category, pg_backend_pid() % 16, {sign}count(*), {sign}count(closes_at), 1 FROM {rows}
WHERE superseded_at IS NULL GROUP BY kind, category ORDER BY kind, category
ON CONFLICT (kind, category, stripe) DO UPDATE SET notices = kept.notices + excluded.notices,
    dated = kept.dated + excluded.dated, changes = kept.changes + 1
"""
TALLYING = (
    f"""
CREATE OR REPLACE FUNCTION tally_notices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
IF TG_OP <> 'DELETE' THEN {_ADD.format(sign="", rows="came")}; END IF;
IF TG_OP <> 'INSERT' THEN {_ADD.format(sign="-", rows="gone")}; END IF;
RETURN NULL;
END $$""",
    "CREATE TRIGGER tally_insert AFTER INSERT ON notices REFERENCING NEW TABLE AS came "
    "FOR EACH STATEMENT EXECUTE FUNCTION tally_notices()",
    "CREATE TRIGGER tally_update AFTER UPDATE ON notices REFERENCING NEW TABLE AS came OLD TABLE AS gone "
    "FOR EACH STATEMENT EXECUTE FUNCTION tally_notices()",
    "CREATE TRIGGER tally_delete AFTER DELETE ON notices REFERENCING OLD TABLE AS gone "
    "FOR EACH STATEMENT EXECUTE FUNCTION tally_notices()",
)
"""What keeps the tallies: also a part of the first migration."""

for _statement in TALLYING:
    event.listen(Notice.__table__, "after_create", DDL(_statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
