"""The purchaser's representatives 采购人代表: named by the procuring side with a mandate 授权书, sealed as judges are."""

from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.reveal import EXPERT, INVITE, RESCREEN, new_slip
from expertpool.draw.tables import Draw, Seat
from expertpool.experts.profile import checked_identity
from expertpool.experts.rules import RESIDENT
from expertpool.experts.sealing import open_document, seal_document
from expertpool.invitations import sealing as invitations
from expertpool.invitations.queries import meeting_of
from expertpool.invitations.rules import code_hash, in_groups, new_code
from expertpool.invitations.states import InvitationState
from expertpool.invitations.tables import Invitation
from expertpool.recusal.representatives import REPRESENTATIVE, holder
from infra.auth.keys import KeyService
from infra.auth.sessions import end_seat_sessions
from infra.db.work import Work
from infra.jobs import enqueue
from infra.kernel.context import Actor
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.evaluation.marks import judge_id
from trading.evaluation.tables import Representative, Vote
from trading.regimes.regime import Rule
from trading.sections.actions import own_section, regime_of
from trading.sections.states import SectionState

PERSON, MANDATE = "representative", "representative mandate"
LONGEST_NAME = 40
MOST_NAMINGS = 99
LARGEST = 4 << 20
_PDF = b"%PDF-"


class Why(StrEnum):
    """Why somebody else is named for a seat before its holder has signed in."""

    UNABLE = "unable"
    LEFT = "left"
    RECUSAL = "recusal"
    MISTAKE = "mistake"


class Person(NamedTuple):
    """A representative as the procuring side names one: whole name and resident identity number."""

    name: str
    identity: str


class Place(NamedTuple):
    """A representative's seat: who sits there is told to the account that named, and to nobody else."""

    number: int
    named_at: datetime | None
    signed_in_at: datetime | None
    mandate: str | None
    name: str | None
    code: str | None

    @property
    def mine(self) -> bool:
        """Whether the reader named who sits there."""
        return self.name is not None


async def name_representative(
    work: Work,
    keys: KeyService,
    section_id: str,
    number: int,
    person: Person,
    mandate: bytes,
    why: str | None = None,
    *,
    seen: int | None = None,
) -> None:
    """Name who takes a representative's seat, with the mandate's file; naming anew before the sign-in needs `why`.

    `section.unknown` for a stranger's, `representative.none`, `.not-now`, `.seated`, `.name`, `.identity`, `.twice`,
    `.mandate`, `.why`, `.many`; `.changed` where there are other namings by now than the `seen` ones. Ties to whoever bids
    are looked for afterwards as for everybody drawn (GPR 9, M87 45).
    """
    section = await own_section(work, section_id, "representative.name")
    seated = (*regime_of(section, work.ctx.mode).words(Rule.DRAW_STATES), SectionState.EVALUATING)
    if section.state not in seated:
        raise Problem("representative.not-now", state=section.state)
    namings = await namings_of(work.session, section_id)
    if seen is not None and seen != namings:
        raise Problem("representative.changed")
    if namings >= MOST_NAMINGS:
        raise Problem("representative.many", most=MOST_NAMINGS)
    seat = await _seat(work.session, section_id, number)
    person = checked_person(person)
    await _require_once(work.session, keys, section_id, number, person.identity)
    check_mandate(mandate)
    held = seat.vacant_since is None
    if held and why not in list(Why):
        raise Problem("representative.why")
    told = {"why": why} if held else {}
    draw = await work.session.get_one(Draw, seat.draw)
    taken = await _take(work, keys, draw, seat, holder(*person))
    await _keep(work, keys, taken, person, mandate, why if held else None)
    judge, digest = judge_id(number), sha256(mandate).hexdigest()
    work.record(
        Event.REPRESENTATIVE_NAMED, f"{section_id}#{judge}", section=section_id, region=section.region,
        judge=judge, mandate=digest, **told,
    )  # fmt: skip
    await enqueue(work, INVITE, draw=draw.id)
    await enqueue(work, RESCREEN, section=section_id)


def checked_person(person: Person) -> Person:
    """The person with the identity in its plain form; `representative.name`, `representative.identity` (check digit)."""
    if not is_written(person.name, LONGEST_NAME) or any(sign.isdigit() for sign in person.name):
        raise Problem("representative.name", most=LONGEST_NAME)
    try:
        return Person(person.name.strip(), checked_identity(f"{RESIDENT}:{person.identity}"))
    except Problem as problem:
        raise Problem("representative.identity") from problem


def check_mandate(data: bytes) -> None:
    """`representative.mandate` unless this is a PDF of some size."""
    if not data.startswith(_PDF) or len(data) > LARGEST:
        raise Problem("representative.mandate", most=LARGEST >> 20)


async def places_of(session: AsyncSession, keys: KeyService, actor: Actor, section_id: str) -> list[Place]:
    """The representatives' seats of a section by number, with what the actor itself has named."""
    named = select(Seat, Representative, Invitation).outerjoin(Representative, Representative.seat == Seat.id)
    named = named.outerjoin(Invitation, Invitation.seat == Seat.id)
    found = await session.execute(
        named.where(Seat.section == section_id, Seat.kind == REPRESENTATIVE).order_by(Seat.number)
    )
    return [_place(keys, actor, *row) for row in found]


async def namings_of(session: AsyncSession, section_id: str) -> int:
    """How often somebody has been named in a section so far: what a page shows, and what a form was typed over."""
    counted = select(func.count()).where(Representative.section == section_id)
    return (await session.execute(counted)).scalar_one()


async def mandate_of(session: AsyncSession, keys: KeyService, actor: Actor, section_id: str, number: int) -> bytes:
    """The mandate's file for the account that handed it in; `representative.none` for anybody else."""
    wanted = select(Representative).join(Seat, Seat.id == Representative.seat)
    wanted = wanted.where(Seat.section == section_id, Seat.number == number, Representative.named_by == actor.id)
    found = (await session.execute(wanted)).scalar_one_or_none()
    if found is None:
        raise Problem("representative.none", number=number)
    return keys.unwrap(MANDATE, found.seat, found.sealed_mandate)


async def _seat(session: AsyncSession, section_id: str, number: int) -> Seat:
    """The seat, locked, while nobody has signed in to it; a vote stays with who gave it, whatever became of the slip."""
    wanted = select(Seat).where(Seat.section == section_id, Seat.number == number, Seat.kind == REPRESENTATIVE)
    found = (await session.execute(wanted.with_for_update())).scalar_one_or_none()
    if found is None:
        raise Problem("representative.none", number=number)
    voted = await session.scalar(select(Vote.seat).where(Vote.seat == found.id).limit(1))
    if found.signed_in_at is not None or voted is not None:
        raise Problem("representative.seated", judge=judge_id(number))
    return found


async def _require_once(session: AsyncSession, keys: KeyService, section_id: str, number: int, identity: str) -> None:
    """`representative.twice` where the same person holds another of the representatives' seats."""
    others = select(Representative).join(Seat, Seat.id == Representative.seat)
    rows = await session.execute(others.where(Seat.section == section_id, Seat.number != number))
    if any(open_document(keys, PERSON, row.seat, row.sealed)[1] == identity for row in rows.scalars()):
        raise Problem("representative.twice")


async def _take(work: Work, keys: KeyService, draw: Draw, seat: Seat, held: str) -> Seat:
    """The seat for its new holder: a new row with a new slip, and a code for the door where the draw was ordered."""
    number = seat.number
    await end_seat_sessions(work, seat.id)
    await work.session.delete(seat)
    await work.session.flush()
    seat_id = work.ctx.new_id("seat")
    _, slip_is, sealed_slip = new_slip(work, keys, seat_id)
    taken = Seat(
        id=seat_id,
        section=draw.section,
        draw=draw.id,
        number=number,
        region=draw.region,
        specialty=REPRESENTATIVE,
        kind=REPRESENTATIVE,
        sealed_expert=keys.wrap(EXPERT, seat_id, held.encode(), work.ctx.random),
        sealed_slip=sealed_slip,
        slip_hash=slip_is,
    )
    work.session.add(taken)
    await work.session.flush()
    meeting = await meeting_of(work.session, draw.id)
    if meeting is not None:
        _admit(work, keys, taken, held, meeting.meet_at, meeting.place)
    return taken


def _admit(work: Work, keys: KeyService, seat: Seat, held: str, meet_at: datetime, place: str) -> None:
    """An invitation that is accepted as it is made: its code opens the door, and whoever holds it may still decline."""
    known, code = work.ctx.new_id("call"), new_code(work.ctx.random)
    work.session.add(
        Invitation(
            id=known,
            region=seat.region,
            section=seat.section,
            draw=seat.draw,
            seat=seat.id,
            number=seat.number,
            sealed_expert=invitations.seal_text(keys, invitations.EXPERT, known, held, work.ctx),
            sealed_code=invitations.seal_text(keys, invitations.CODE, known, code, work.ctx),
            code_hash=code_hash(code),
            state=InvitationState.ACCEPTED,
            meet_at=meet_at,
            place=place,
            sent_at=work.ctx.now,
            ends_at=meet_at,
            answered_at=work.ctx.now,
        )
    )


async def _keep(work: Work, keys: KeyService, seat: Seat, person: Person, mandate: bytes, why: str | None) -> None:
    work.session.add(
        Representative(
            section=seat.section,
            number=await namings_of(work.session, seat.section) + 1,
            region=seat.region,
            judge=seat.number,
            seat=seat.id,
            sealed=seal_document(keys, PERSON, seat.id, list(person), work.ctx.random),
            sealed_mandate=keys.wrap(MANDATE, seat.id, mandate, work.ctx.random),
            mandate=sha256(mandate).digest(),
            why=why,
            named_by=work.ctx.actor.id,
            named_at=work.ctx.now,
        )
    )
    await work.session.flush()


def _place(
    keys: KeyService, actor: Actor, seat: Seat, named: Representative | None, invited: Invitation | None
) -> Place:
    if named is None:
        return Place(seat.number, None, None, None, None, None)
    mine = named.named_by == actor.id
    name = open_document(keys, PERSON, named.seat, named.sealed)[0] if mine else None
    waits = mine and invited is not None and seat.signed_in_at is None and invited.state == InvitationState.ACCEPTED
    code = in_groups(invitations.code_of(keys, invited)) if waits and invited is not None else None
    return Place(seat.number, named.named_at, seat.signed_in_at, named.mandate.hex(), name, code)
