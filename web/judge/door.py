"""The door of the evaluation room: a slip, the declaration of no conflict, a key made in the browser; and coming back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.tables import Seat
from infra.auth.sessions import open_seat_session
from infra.auth.tables import Organisation
from infra.edge import random_bytes
from infra.kernel.canonical import b64, unb64
from infra.kernel.context import Actor, Role
from infra.kernel.problems import Problem
from trading.bidding.tables import Bid
from trading.evaluation.queries import opened_bids
from trading.evaluation.returning import challenge_seat, return_to_seat, seat_of_slip
from trading.evaluation.seating import SEATED, declare_conflict, take_seat
from trading.evaluation.tables import Sheet
from trading.projects.tables import Project
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.forms import Fields, Form, address, typed
from web.judge.room import room_page
from web.render import PageResponse, page
from web.security import is_secure, session_cookie, visitor_cookie
from web.state import Stack
from web.visit import AnyRequest, Visit, local_path

PUBLIC = {"audience": "public"}
LONGEST_SLIP = 60
BACK_IN = (*SEATED, SectionState.PRICING, SectionState.MARKED, SectionState.REPORTED)


class Holder(NamedTuple):
    """Who stands at the door: the slip's seat, its section, and the parties the judge may be bound to."""

    seat: Seat
    section: Section
    parties: list[Organisation]
    locked: bool

    @property
    def actor(self) -> Actor:
        """The judge of the seat."""
        return Actor(self.seat.id, Role.JUDGE, None, self.seat.region)


@get("/judge", opt=PUBLIC)
async def judge(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """The door, or the room of a judge who sits in it."""
    if visit.actor.role is Role.JUDGE:
        return await room_page(visit, stack)
    return _door(visit, stack, Form(visit.language, {"next": local_path(request.query_params.get("next"))}))


@post("/judge/slip", opt=PUBLIC, status_code=200)
async def slip(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """What a slip leads to: the declaration before the seat is taken, or a challenge for its own key afterwards.

    The next page is the answer itself: a one-time code stands in no address and no cookie.
    """
    form = typed(visit, data)
    try:
        found = await _holder(stack, form.value("slip"))
        if found.seat.certificate is None:
            return _declare(visit, stack, found, form)
        async with stack.database.work(found.actor, address(request)) as work:
            challenge = await challenge_seat(work, form.value("slip"))
    except Problem as problem:
        form.refuse(problem, "slip")
        return _door(visit, stack, form)
    return _page(visit, stack, "judge/back.html", form, holder=found, challenge=b64(challenge))


@post("/judge/seat", opt=PUBLIC, status_code=303)
async def seat(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Take the seat: every party answered with no, and the key proven."""
    form = typed(visit, data)
    try:
        found = await _holder(stack, form.value("slip"))
    except Problem as problem:
        form.refuse(problem, "slip")
        return _door(visit, stack, form)
    answers = _answers(form, found)
    try:
        if None in answers.values():
            raise Problem("seat.undeclared")
        key, signature = _proof(form)
        async with stack.database.work(found.actor, address(request)) as work:
            taken = await take_seat(
                work, stack.keys.authority, form.value("slip"), key, signature, no_conflict=not any(answers.values())
            )
            token = await open_seat_session(work, taken.id, taken.region)
    except Problem as problem:
        form.refuse(problem)
        return _declare(visit, stack, found, form)
    return _enter(visit, stack, form, token)


@post("/judge/return", opt=PUBLIC, status_code=303)
async def back(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Back to the seat: the key that was made for it has signed the challenge; the session before is dead."""
    form = typed(visit, data)
    try:
        found = await _holder(stack, form.value("slip"))
        challenge, signature = unb64(form.value("challenge"), 32), _signature(form)
        async with stack.database.work(found.actor, address(request)) as work:
            taken = await return_to_seat(
                work, stack.keys.authority.public_key, form.value("slip"), challenge, signature
            )
            token = await open_seat_session(work, taken.id, taken.region)
    except Problem as problem:
        form.refuse(problem, "slip")
        return _door(visit, stack, form)
    return _enter(visit, stack, form, token)


@post("/judge/recusal", opt=PUBLIC, status_code=303)
async def recusal(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Declare a conflict with the slip and leave; the next alternate is called."""
    form = typed(visit, data)
    try:
        found = await _holder(stack, form.value("slip"))
    except Problem as problem:
        form.refuse(problem, "slip")
        return _door(visit, stack, form)
    try:
        if form.value("sure") != "yes":
            raise Problem("seat.unsure")
        async with stack.database.work(found.actor, address(request)) as work:
            await declare_conflict(work, stack.keys, form.value("slip"))
    except Problem as problem:
        form.refuse(problem)
        return _declare(visit, stack, found, form)
    return Redirect(visit.url("/judge/left"), status_code=303, headers={"Cache-Control": "no-store"})


@get("/judge/left", opt=PUBLIC, sync_to_thread=False)
def left(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """What a judge reads who has declared a conflict."""
    return page(visit, "judge/left.html", demo=stack.demo)


async def _holder(stack: Stack, code: str) -> Holder:
    if "\0" in code or len(code) > LONGEST_SLIP:
        raise Problem("seat.unknown")
    async with stack.database.reading() as session:
        seat = await seat_of_slip(session, code)
        section = await session.get_one(Section, seat.section)
        if section.state not in (SEATED if seat.certificate is None else BACK_IN):
            raise Problem("seat.not-open", state=section.state)
        locked = await session.get(Sheet, seat.id) is not None
        return Holder(seat, section, await parties_of(session, section), locked)


async def parties_of(session: AsyncSession, section: Section) -> list[Organisation]:
    """Whom a judge may be bound to: the procuring entity, the agent, and the bidders of the opened bids, by name."""
    bidders = {bid.bidder for bid in await opened_bids(session, section.id)}
    bids = select(Bid.bidder).where(Bid.section == section.id, Bid.bidder.in_(bidders))
    ours = select(Project.id).where(
        Project.id == section.project,
        or_(Project.procuring_entity == Organisation.id, Project.agent == Organisation.id),
    )
    found = select(Organisation).where(or_(ours.exists(), Organisation.id.in_(bids))).order_by(Organisation.name)
    return list((await session.execute(found)).scalars())


def _answers(form: Form, found: Holder) -> Mapping[str, bool | None]:
    """By party, whether a conflict is declared; None where nothing is said."""
    said = {"yes": True, "no": False}
    return {one.id: said.get(form.value(f"conflict-{one.id}")) for one in found.parties}


def _proof(form: Form) -> tuple[bytes, bytes]:
    if not form.value("public_key"):
        raise Problem("seat.no-key")
    return unb64(form.value("public_key"), 65), _signature(form)


def _signature(form: Form) -> bytes:
    if not form.value("signature"):
        raise Problem("seat.no-key")
    return unb64(form.value("signature"), 64)


def _door(visit: Visit, stack: Stack, form: Form) -> PageResponse:
    return _page(visit, stack, "judge/door.html", form)


def _declare(visit: Visit, stack: Stack, found: Holder, form: Form) -> PageResponse:
    conflict = True in _answers(form, found).values() or form.value("leaving") == "yes"
    return _page(visit, stack, "judge/declare.html", form, holder=found, conflict=conflict)


def _page(visit: Visit, stack: Stack, template: str, form: Form, **facts: Any) -> PageResponse:
    """A page at the door, bound to this browser by a visitor cookie as the sign-in form is."""
    known = visit if visit.form_key else replace(visit, form_key=random_bytes(24).hex())
    shown = page(known, template, demo=stack.demo, status=form.status, form=form, **facts)
    shown.headers["Cache-Control"] = "no-store"
    if known is not visit and known.form_key:
        shown.set_cookie(visitor_cookie(known.form_key, is_secure(stack.settings)))
    return shown


def _enter(visit: Visit, stack: Stack, form: Form, token: str) -> Response[Any]:
    target = local_path(form.value("next"))
    return Redirect(
        visit.url(target if target.startswith("/judge") else "/judge"),
        status_code=303,
        cookies=[session_cookie(token, is_secure(stack.settings))],
        headers={"Cache-Control": "no-store"},
    )


HANDLERS = [judge, slip, seat, back, recusal, left]
