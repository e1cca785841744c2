"""Writes of notices: every version is a new row; a correction marks its predecessor superseded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from infra.db.work import Work
from infra.kernel.canonical import digest
from infra.kernel.problems import Problem
from trading.notices.kinds import Category, NoticeKind
from trading.notices.search import search_vector
from trading.notices.tables import Notice

LONGEST_TITLE = 500
INDEXED_BIDDERS = 100


async def publish_notice(
    work: Work,
    *,
    kind: NoticeKind,
    category: Category,
    region: str,
    title: str,
    project: str,
    section: str | None = None,
    closes_at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    candidates: Sequence[Mapping[str, Any]] = (),
    corrects: str | None = None,
    found_by: Iterable[str] = (),
) -> Notice:
    """Publish a notice at the transaction's time; the calling use-case records its own journal line.

    `facts` and `candidates` ({rank, bidder, price_text}) are canonical JSON values, kept verbatim; `found_by` are
    further texts that search shall find it by (procuring entity, agent). `corrects` is the id of the version it
    replaces: `notice.unknown`, or `notice.superseded` when that one has been replaced already.
    """
    previous = await _replace(work, corrects) if corrects else None
    told = [dict(candidate) for candidate in candidates]
    content = {
        "kind": str(kind),
        "title": title,
        "project": project,
        "section": section,
        "closes_at": closes_at.isoformat() if closes_at else None,
        "facts": dict(facts or {}),
        "candidates": told,
    }
    notice = Notice(
        id=work.ctx.new_id("notice"),
        kind=kind,
        category=category,
        region=region,
        title=checked_title(title),
        project=project,
        section=section,
        published_at=work.ctx.now,
        closes_at=closes_at,
        facts=dict(facts or {}),
        candidates=told,
        content_hash=digest(content),
        version=previous.version + 1 if previous else 1,
        corrects=previous.id if previous else None,
        search=search_vector(searched(title, project, section, told, found_by)),
    )
    work.session.add(notice)
    await work.session.flush()
    return notice


def checked_title(title: str) -> str:
    """The title itself; `notice.title` when it is empty or longer than search can hold."""
    if not title.strip() or len(title) > LONGEST_TITLE:
        raise Problem("notice.title", length=len(title), longest=LONGEST_TITLE)
    return title


def searched(
    title: str,
    project: str,
    section: str | None,
    candidates: Sequence[Mapping[str, Any]],
    found_by: Iterable[str] = (),
) -> list[str]:
    """The texts a notice is found by: title, project where the title does not say it, section, bidders, others."""
    bidders = [str(candidate["bidder"]) for candidate in candidates[:INDEXED_BIDDERS] if "bidder" in candidate]
    return [title, *([] if project in title else [project]), *([section] if section else []), *bidders, *found_by]


async def _replace(work: Work, notice_id: str) -> Notice:
    previous = await work.session.get(Notice, notice_id, with_for_update=True)
    if previous is None:
        raise Problem("notice.unknown", id=notice_id)
    if previous.superseded_at is not None:
        raise Problem("notice.superseded", id=notice_id)
    previous.superseded_at = work.ctx.now
    await work.session.flush()
    return previous
