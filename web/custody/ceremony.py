"""The key ceremony 密钥保管: holders, threshold, rehearsals, and who is ready for which deadline; enrolment of a trustee."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.permissions import may
from infra.custody.actions import THRESHOLD, Host, enrol
from infra.custody.policy import published_policy
from infra.custody.queries import Holder, happenings, holders
from infra.custody.reports import SHAPE
from infra.custody.standing import Standing, reached, standing
from infra.kernel.canonical import read, unb64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.trustee.duties import BODIES as NEEDED
from web.custody.deadlines import Awaited, awaited_deadlines
from web.custody.words import BODIES, STANDINGS, Word
from web.forms import Fields, Form, address, begin, typed
from web.labels import EVENTS
from web.public.boards import log_status
from web.render import page
from web.state import LogStatus, Stack
from web.visit import AnyRequest, Visit
from web.wiring import LOG_NAME

READERS = {"audience": ("centre", "agent", "supervisor", "system-admin", "security-admin", "audit-admin")}
LINE = "line"
IN_STEP = 500
"""Milliseconds that are no difference between two clocks: the way of a request takes as long."""


class Shown(NamedTuple):
    """One holder as the page shows it: whether its program reports, whether its epoch is of a year gone by.

    `offset` is in seconds, None where there is none worth telling.
    """

    holder: Holder
    body: str
    standing: Standing
    word: Word
    tells: bool
    outlived: bool
    facts: Mapping[str, Any]
    offset: str | None


class Ceremony(NamedTuple):
    """Everything on the page."""

    shown: list[Shown]
    missing: list[str]
    ready: int
    reached: bool
    policy: str | None
    log: LogStatus | None
    awaited: Awaited
    happened: list[tuple[datetime, str, str, str]]


@get("/custody", opt=READERS)
async def ceremony(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The page; `?page=` turns the list of deadlines."""
    return await _show(visit, stack, await begin(stack, visit))


@post("/custody", opt={"audience": "security-admin"}, status_code=303)
async def enrol_trustee(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """The security administrator takes a body's trustee into service, by the line its program printed."""
    form = typed(visit, data)
    try:
        line = read_line(form.value(LINE))
        async with stack.database.work(visit.actor, address(request)) as work:
            await enrol(work, **line)
        return Redirect(visit.url("/custody"), status_code=303)
    except Problem as problem:
        form.refuse(problem, LINE)
    return await _show(visit, stack, form)


def read_line(text: str) -> dict[str, Any]:
    """The line of `openhall trustee init` as arguments of `enrol`; `trustee.line` for anything else."""
    try:
        told = read(text.strip().encode())
        keys = {name: unb64(told[name], 32) for name in ("signer", "sealing", "beacon")}
        host = Host(told["machine"] or None, told["administrator"], told["custody"])
        named = {name: told[name] for name in ("name", "body", "vkey")}
    except (Problem, KeyError, TypeError, AttributeError) as error:
        raise Problem("trustee.line") from error
    if not all(isinstance(one, str) for one in (*named.values(), *(fact or "" for fact in host))):
        raise Problem("trustee.line")
    return {**named, **keys, "host": host}


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        found = await _read(session, stack, visit)
    enrols = may(visit.actor, "trustee.enrol") and bool(found.missing)
    turns = [visit.varied(page=place) if 1 <= place <= found.awaited.pages else None
             for place in (found.awaited.page - 1, found.awaited.page + 1)]  # fmt: skip
    return page(
        visit, "custody/ceremony.html", demo=stack.demo, status=form.status, form=form, found=found, enrols=enrols,
        turns=turns, threshold=THRESHOLD, all=len(NEEDED), bodies=BODIES,
    )  # fmt: skip


async def _read(session: AsyncSession, stack: Stack, visit: Visit) -> Ceremony:
    found = await holders(session)
    missing = [body for body in NEEDED if body not in {one.trustee.body for one in found}]
    policy = None if missing else await published_policy(session, stack.keys, LOG_NAME)
    shown = [_shown(one, visit.now) for one in found]
    standings = [one.standing for one in shown]
    happened = [
        (line.at, EVENTS[Event(line.event)], line.subject, line.facts.get("epoch", ""))
        for line in await happenings(session)
    ]
    return Ceremony(
        shown=shown,
        missing=missing,
        ready=sum(reached([one], 1) for one in standings),
        reached=reached(standings, THRESHOLD),
        policy=None if policy is None else sha256(policy.encode()).hexdigest(),
        log=await log_status(session),
        awaited=await awaited_deadlines(session, visit.actor, dict(visit.asked).get("page", "1")),
        happened=happened,
    )


def _shown(holder: Holder, now: datetime) -> Shown:
    found, report = standing(holder.report, now), holder.report
    offset = None if report is None or abs(report.clock_ms) < IN_STEP else f"{report.clock_ms / 1000:+.1f}"
    facts = report.facts if report else {}
    body, blank = BODIES[holder.trustee.body], dict.fromkeys(SHAPE)
    outlived = bool(facts) and facts["epoch"][:4] < f"{now:%Y}"
    return Shown(holder, body, found, STANDINGS[found], bool(facts), outlived, {**blank, **facts}, offset)


HANDLERS: list[ControllerRouterHandler] = [ceremony, enrol_trustee]
