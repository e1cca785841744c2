"""A bidder's written request that somebody not judge 回避申请 (GPR 9), and what the supervising body makes of it."""

from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.experts.sealing import open_document, seal_document
from expertpool.recusal.rules import Hit, HitKind, Part, Party
from infra.auth.keys import KeyService, PlatformKeys
from infra.auth.permissions import require
from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.jobs import enqueue
from infra.kernel.canonical import canonical
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.bidding.tables import Bid
from trading.evaluation.rescreen import seated, settle
from trading.evaluation.seating import SEATED
from trading.evaluation.tables import RecusalHit, RecusalRequest
from trading.sections.queries import lock_section, public_section
from trading.sections.tables import Section

REQUEST = "recusal request"
SETTLE = "settle-recusal"
RECEIVED, CONSIDERED = "received", "considered"
LONGEST_NAME, LONGEST_WHY = 80, 2000
MOST = 10


class Asked(NamedTuple):
    """One request as its bidder or the supervising body reads it."""

    id: str
    bidder: str
    whom: str
    why: str
    row: RecusalRequest


async def request_recusal(work: Work, keys: KeyService, section_id: str, whom: str, why: str) -> RecusalRequest:
    """Ask that `whom`, by whole name, not judge. The answer is the same whether or not that person was drawn.

    `section.unknown` for whoever has no opened bid, `recusal.not-now` before the opening and after the marks,
    `recusal.whom`, `recusal.why`, `recusal.many`; `recusal.twice` for the same words once more, from another tab or colleague.
    """
    require(work.ctx.actor, "recusal.request")
    section = await _own(work.session, work.ctx.actor, section_id)
    section = await lock_section(work.session, section.id)
    if not may_ask(section):
        raise Problem("recusal.not-now", state=section.state)
    if not is_written(whom, LONGEST_NAME):
        raise Problem("recusal.whom", most=LONGEST_NAME)
    if not is_written(why, LONGEST_WHY):
        raise Problem("recusal.why", most=LONGEST_WHY)
    whom, why = whom.strip(), why.strip()
    earlier = await asked_by(work.session, keys, work.ctx.actor, section_id)
    if same := [one.row.made_at for one in earlier if (one.whom, one.why) == (whom, why)]:
        raise Problem("recusal.twice", at=same[0])
    if len(earlier) >= MOST:
        raise Problem("recusal.many", most=MOST)
    said = {"salt": work.ctx.random(32).hex(), "whom": whom, "why": why}
    assert work.ctx.actor.organisation is not None
    asked = RecusalRequest(
        id=(request_id := work.ctx.new_id("recusal")),
        section=section_id,
        region=section.region,
        bidder=work.ctx.actor.organisation,
        sealed=seal_document(keys, REQUEST, request_id, said, work.ctx.random),
        digest=sha256(canonical(said)).digest(),
        state=RECEIVED,
        made_at=work.ctx.now,
    )
    work.session.add(asked)
    request = asked.digest.hex()
    work.record(Event.RECUSAL_REQUESTED, section_id, section=section_id, region=section.region, request=request)
    return asked


async def consider(work: Work, section_id: str, request_id: str, *, grounded: bool) -> None:
    """The supervising body's decision; a grounded request is settled by a job that alone sees who sits where.

    `section.unknown` for another region's, `recusal.unknown`, `recusal.considered` for a second decision.
    """
    require(work.ctx.actor, "recusal.settle")
    section = await lock_section(work.session, section_id)
    if section.region != work.ctx.actor.region:
        raise Problem("section.unknown", section=section_id)
    asked = await work.session.get(RecusalRequest, request_id, with_for_update=True)
    if asked is None or asked.section != section_id:
        raise Problem("recusal.unknown")
    if asked.state != RECEIVED:
        raise Problem("recusal.considered", at=asked.considered_at)
    asked.state, asked.considered_at, asked.considered_by = CONSIDERED, work.ctx.now, work.ctx.actor.id
    if grounded:
        await enqueue(work, SETTLE, request=request_id)


async def settle_request(work: Work, keys: PlatformKeys, request_id: str) -> None:
    """Where the person of a grounded request holds a seat, the next alternate takes it; twice is once."""
    require(work.ctx.actor, "recusal.settle")
    asked = await work.session.get_one(RecusalRequest, request_id)
    section = await lock_section(work.session, asked.section)
    if section.state not in SEATED:
        return
    whom = open_document(keys.service, REQUEST, request_id, asked.sealed)["whom"]
    body = await work.session.get_one(Organisation, asked.bidder)
    ground = Hit(HitKind.OTHER, Party(body.credit_code, body.name, Part.BIDDER))
    for seat, person, _ in await seated(work.session, keys.service, asked.section):
        if person.name == whom:
            await settle(work, keys, seat, [ground])


def may_ask(section: Section) -> bool:
    """Whether somebody drawn can still be replaced: after the opening, until the marks are published."""
    return section.opened_at is not None and section.state in SEATED


async def asked_by(session: AsyncSession, keys: KeyService, actor: Actor, section_id: str) -> list[Asked]:
    """The actor's own body's requests, the newest first; `section.unknown` for whoever has no opened bid."""
    await _own(session, actor, section_id)
    return await _asked(session, keys, section_id, actor.organisation)


async def all_asked(session: AsyncSession, keys: KeyService, actor: Actor, section_id: str) -> list[Asked]:
    """Every request about a section, for the supervising body of its region; `section.unknown` for anybody else."""
    section = await public_section(session, section_id)
    if actor.role is not Role.SUPERVISOR or section.region != actor.region:
        raise Problem("section.unknown", section=section_id)
    return await _asked(session, keys, section_id, None)


async def hits_of(session: AsyncSession, section_id: str) -> list[RecusalHit]:
    """What was found about those drawn, by seat and time; without a name."""
    found = select(RecusalHit).where(RecusalHit.section == section_id).order_by(RecusalHit.number, RecusalHit.found_at)
    return list((await session.execute(found)).scalars())


async def _own(session: AsyncSession, actor: Actor, section_id: str) -> Section:
    section = await public_section(session, section_id)
    mine = select(func.count()).where(
        Bid.section == section_id, Bid.bidder == actor.organisation, Bid.form.is_not(None)
    )
    if not (await session.execute(mine)).scalar():
        raise Problem("section.unknown", section=section_id)
    return section


async def _asked(session: AsyncSession, keys: KeyService, section_id: str, bidder: str | None) -> list[Asked]:
    found = select(RecusalRequest, Organisation.name).join(Organisation, Organisation.id == RecusalRequest.bidder)
    found = found.where(RecusalRequest.section == section_id)
    if bidder is not None:
        found = found.where(RecusalRequest.bidder == bidder)
    rows = await session.execute(found.order_by(RecusalRequest.made_at.desc(), RecusalRequest.id))
    opened = [(row, name, open_document(keys, REQUEST, row.id, row.sealed)) for row, name in rows]
    return [Asked(row.id, name, said["whom"], said["why"], row) for row, name, said in opened]
