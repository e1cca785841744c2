"""After the opening everybody drawn is looked at once more for ties to those who bid 回避复核 (GPR 9, TBR 46)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.directory.one_body import known_as
from expertpool.draw.reveal import EXPERT
from expertpool.draw.tables import Seat
from expertpool.experts.sealing import fingerprint, seal_document
from expertpool.experts.tables import Expert
from expertpool.invitations.states import Replaced
from expertpool.recusal.representatives import REPRESENTATIVE, named
from expertpool.recusal.rules import Hit, HitKind, Part, Party, Person, hits
from expertpool.recusal.ties import persons_of
from infra.auth.keys import KeyService, PlatformKeys
from infra.auth.permissions import require
from infra.auth.registration.states import VersionState
from infra.auth.registration.tables import OrganisationVersion
from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.kernel.events import Event
from trading.bidding.tables import Bid
from trading.evaluation.controllers import controllers_of
from trading.evaluation.marks import judge_id
from trading.evaluation.queries import seats_of
from trading.evaluation.seating import SEATED, replace_unwilling
from trading.evaluation.tables import RecusalHit
from trading.projects.tables import Project
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.queries import lock_section
from trading.sections.tables import Section

HIT = "recusal hit"


class Held(NamedTuple):
    """A seat and what is known of who holds it; `expert` is the person's id in the register, where there is one."""

    seat: Seat
    person: Person
    expert: str | None


async def rescreen(work: Work, keys: PlatformKeys, section_id: str) -> None:
    """Everybody on the committee with a tie to a party or a bidder makes room for the next alternate; twice is once.

    A representative's seat has no alternate and becomes vacant. An expert whom the purchaser has also named to represent
    it is tied to it by that, and goes: the purchaser is not told whether the person it names was drawn.
    Nothing happens before the opening. A ground found after a judge's marks are locked is kept for the supervisor.
    """
    require(work.ctx.actor, "recusal.settle")
    if await work.session.get(Section, section_id) is None:
        return
    section = await lock_section(work.session, section_id)
    if section.opened_at is None or section.state not in SEATED:
        return
    parties = await parties_of(work.session, section)
    years = regime_of(section, work.ctx.mode).count(Rule.COOLING_YEARS)
    holders = await seated(work.session, keys.service, section_id)
    sitting = {one.expert for one in holders if one.seat.kind == REPRESENTATIVE}
    for seat, person, expert in holders:
        found = hits(person, _parties_for(seat, parties), work.ctx.now, years)
        if seat.kind != REPRESENTATIVE and expert in sitting:
            found.append(Hit(HitKind.EMPLOYED, next(one for one in parties if one.part is Part.ENTITY)))
        if found:
            await settle(work, keys, seat, found)


async def parties_of(session: AsyncSession, section: Section) -> list[Party]:
    """Entity and agent, and once opened each bidder and the members of its consortium, then whoever controls one of these
    by its own declaration; with the heads they registered, and the other codes under which each is known today.
    """
    project = await session.get_one(Project, section.project)
    told = [(project.procuring_entity, Part.ENTITY), (project.agent, Part.AGENT)]
    opened = select(Bid).where(Bid.section == section.id, Bid.form.is_not(None)).order_by(Bid.id)
    bids = [] if section.opened_at is None else list((await session.execute(opened)).scalars())
    wanted = {body for body, _ in told} | {bid.bidder for bid in bids}
    rows = (await session.execute(select(Organisation).where(Organisation.id.in_(wanted)))).scalars()
    bodies = {one.id: one for one in rows}
    parts = [*told, *((bid.bidder, Part.BIDDER) for bid in bids)]
    found = [Party(bodies[body].credit_code, bodies[body].name, part) for body, part in parts]
    found += [Party(one["code"], one["name"], Part.MEMBER) for bid in bids for one in _members(bid)]
    found += await _controlling(session, {party.code for party in found})
    codes = await known_as(session, {party.code for party in found})
    heads = await _heads(session, {code for same in codes.values() for code in same})
    return [
        party._replace(heads=_of(heads, codes[party.code]), codes=codes[party.code] - {party.code}) for party in found
    ]


def _parties_for(seat: Seat, parties: Sequence[Party]) -> Sequence[Party]:
    """Whoever represents the purchaser is tied to it by that: only the others count (GPR 9, M87 47)."""
    return [one for one in parties if one.part is not Part.ENTITY] if seat.kind == REPRESENTATIVE else parties


def _members(bid: Bid) -> Sequence[dict[str, str]]:
    assert bid.form is not None
    joined = bid.form.get("consortium")
    return [] if joined is None else joined["members"]


async def _controlling(session: AsyncSession, codes: set[str]) -> list[Party]:
    """The companies that control these bodies and are not among them."""
    known = select(Organisation.id).where(Organisation.credit_code.in_(codes))
    declared = await controllers_of(session, (await session.execute(known)).scalars().all())
    others = {one.code: one.name for one in declared if one.code not in codes}
    return [Party(code, name, Part.CONTROLLING) for code, name in sorted(others.items())]


async def _heads(session: AsyncSession, codes: set[str]) -> dict[str, tuple[str, ...]]:
    """The legal representatives in force, by credit code."""
    version = OrganisationVersion
    wanted = select(version.credit_code, version.legal_representative).where(
        version.credit_code.in_(codes), version.state == VersionState.ACCEPTED
    )
    found: dict[str, tuple[str, ...]] = {}
    for code, name in await session.execute(wanted):
        found[code] = (*found.get(code, ()), name)
    return found


def _of(heads: Mapping[str, tuple[str, ...]], codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for code in sorted(codes) for name in heads.get(code, ()))


async def seated(session: AsyncSession, keys: KeyService, section_id: str) -> list[Held]:
    """The seats that somebody holds, by number, with what is known of the person."""
    seats = [one for one in await seats_of(session, section_id) if one.vacant_since is None]
    held = {seat.id: keys.unwrap(EXPERT, seat.id, seat.sealed_expert).decode() for seat in seats}
    sitting = {seat: told for seat, who in held.items() if (told := named(who)) is not None}
    registered = {seat: who for seat, who in held.items() if seat not in sitting}
    registered |= await _registered(session, keys, {seat: identity for seat, (_, identity) in sitting.items()})
    people = await persons_of(session, keys, sorted(set(registered.values())))
    found = []
    for seat in seats:
        expert = registered.get(seat.id)
        person = Person(None, (), "") if expert is None else people[expert]
        known = person._replace(name=sitting[seat.id][0]) if seat.id in sitting else person
        found.append(Held(seat, known, expert))
    return found


async def _registered(session: AsyncSession, keys: KeyService, identities: Mapping[str, str]) -> dict[str, str]:
    """By seat the expert of the register who has the identity of the representative there."""
    marks = {fingerprint(keys, identity): seat for seat, identity in identities.items()}
    known = await session.execute(select(Expert.fingerprint, Expert.id).where(Expert.fingerprint.in_(marks)))
    return {marks[mark]: expert for mark, expert in known}


async def settle(work: Work, keys: PlatformKeys, seat: Seat, found: Sequence[Hit]) -> None:
    """Record each ground once, and seat the next alternate; the row of a seat that has gone tells that it is settled."""
    mine = RecusalHit.seat == seat.id
    known = set((await work.session.execute(select(RecusalHit.kind).where(mine))).scalars())
    seat_id, number, section, region = seat.id, seat.number, seat.section, seat.region
    for kind in {hit.kind: hit for hit in found if hit.kind not in known}:
        hit_id = work.ctx.new_id("hit")
        about = [[hit.party.code, hit.party.name, str(hit.party.part)] for hit in found if hit.kind == kind]
        work.session.add(
            RecusalHit(
                id=hit_id,
                section=section,
                region=region,
                seat=seat_id,
                number=number,
                kind=kind,
                sealed=seal_document(keys.service, HIT, hit_id, about, work.ctx.random),
                found_at=work.ctx.now,
            )
        )
        subject, judge = f"{section}#{judge_id(number)}", judge_id(number)
        work.record(Event.RECUSAL_FOUND, subject, section=section, region=region, judge=judge, kind=str(kind))
    await work.session.flush()
    await replace_unwilling(work, keys, seat_id, Replaced.RECUSAL)
    still = select(Seat.id).where(Seat.id == seat_id)
    if (await work.session.execute(still)).scalar_one_or_none() is None:
        await work.session.execute(update(RecusalHit).where(mine).values(settled_at=work.ctx.now))
