"""Who holds the document 领取名单: noted as it is fetched, read by procuring entity and agent alone (EBM 21, TBL 22)."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from infra.auth.permissions import require
from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.clarifications.tables import Fetch, Question, Subscription
from trading.sections.actions import own_section
from trading.sections.queries import public_section
from trading.sections.states import SectionState
from trading.sections.tables import Section


class Holder(NamedTuple):
    """A registered body that has fetched the document, or asked to be told of its changes."""

    name: str
    credit_code: str
    first: datetime | None
    last: datetime | None
    version: int | None
    subscribed: bool


class Holders(NamedTuple):
    """The list, by name, and how many mail addresses without a name are subscribed."""

    bodies: list[Holder]
    addresses: int


async def note_fetch(work: Work, section: Section, version: int, sha256: str) -> None:
    """Note that the acting bidder has fetched a file, once for each; whoever does not act for a bidder leaves no trace."""
    actor = work.ctx.actor
    if actor.role is not Role.BIDDER or actor.organisation is None or section.state != SectionState.BIDDING:
        return
    made = insert(Fetch).values(
        section=section.id, organisation=actor.organisation, sha256=sha256, version=version, region=section.region,
        fetched_at=work.ctx.now,
    )  # fmt: skip
    await work.session.execute(made.on_conflict_do_nothing())
    work.record(Event.DOCUMENT_FETCHED, section.id, region=section.region, sha256=sha256, version=version)


async def read_askers(
    work: Work, section_id: str, skipped: int = 0, most: int | None = None
) -> list[tuple[Question, Organisation]]:
    """Who asked what, for the supervising body once the section has closed; each reading is a line of the journal.

    In the order of asking, at most `most` from `skipped` on. `section.unknown`, `askers.sealed` before the closing (TBL 22).
    """
    require(work.ctx.actor, "askers.read")
    section = await public_section(work.session, section_id)
    if section.closed_at is None:
        raise Problem("askers.sealed", section=section_id)
    wanted = select(Question, Organisation).join(Organisation, Organisation.id == Question.asker)
    wanted = wanted.where(Question.section == section_id).order_by(Question.asked_at, Question.id)
    rows = await work.session.execute(wanted.offset(skipped).limit(most))
    work.record(Event.ASKERS_READ, section_id, region=section.region)
    return [(question, body) for question, body in rows]


async def read_holders(work: Work, section_id: str) -> Holders:
    """Who holds the document of a section of one's own; each reading is a line of the journal. `section.unknown`."""
    require(work.ctx.actor, "document-holders.read")
    section = await own_section(work, section_id, "document-holders.read")
    fetched = (
        select(Fetch.organisation, func.min(Fetch.fetched_at), func.max(Fetch.fetched_at), func.max(Fetch.version))
        .where(Fetch.section == section_id)
        .group_by(Fetch.organisation)
    )
    rows = {body: (first, last, version) for body, first, last, version in await work.session.execute(fetched)}
    wanted = select(Subscription.organisation).where(
        Subscription.section == section_id, Subscription.confirmed_at.is_not(None)
    )
    told = list(await work.session.scalars(wanted))
    subscribed = {body for body in told if body is not None}
    bodies = select(Organisation).where(Organisation.id.in_({*rows, *subscribed})).order_by(Organisation.name)
    work.record(Event.HOLDERS_READ, section_id, region=section.region)
    found = []
    for body in await work.session.scalars(bodies):
        first, last, version = rows.get(body.id, (None, None, None))
        found.append(Holder(body.name, body.credit_code, first, last, version, body.id in subscribed))
    return Holders(found, sum(body is None for body in told))
