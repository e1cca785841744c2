"""Draws that are watched from every side between the draw and the sign-in: who was drawn or named, and all that was said.

Four experts and a purchaser's representative, then a supplementary draw for a seat that nobody was left to take; beside
them a lottery whose list is still being written.
"""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from applications import app_on
from calling import PLACE, WINDOW, call_of, code, everybody_told, let_pass, opened_section, reply
from judging import draw_in, enter_experts
from onlookers import NOISE, unpacked
from scenes import Hall
from sqlalchemy import select, text, update
from streams import Client, stream

from expertpool.directory.tables import Employer
from expertpool.draw.audit import redraw_message
from expertpool.draw.called import called_by
from expertpool.draw.ordering import order_draw
from expertpool.draw.reveal import EXPERT, SLIP
from expertpool.draw.standing import vacancies
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Seat
from expertpool.experts.actions import enter_expert, identity_of, name_of
from expertpool.experts.contact import Contact, seal_contact
from expertpool.experts.tables import Expert
from expertpool.invitations.actions import fix_meeting
from expertpool.invitations.sealing import code_of
from expertpool.invitations.tables import Invitation
from expertpool.lotteries.actions import open_lottery
from expertpool.lotteries.rules import Entry
from infra.auth.accounts import create_account
from infra.auth.tables import Account
from infra.custody.bell import Bell
from infra.custody.exchange import exchange
from infra.edge import context
from infra.kernel.canonical import canonical
from infra.kernel.channels import BOARD, draw_channel, section_channel
from infra.kernel.context import SYSTEM, Actor, Role
from infra.live import Hub
from trading.evaluation.panel import allow_redraw, request_panel
from trading.evaluation.representatives import Person, name_representative
from trading.evaluation.supplementing import request_supplement
from web.demo import cast
from web.wiring import desk

QUOTA = {cast.WORKS: 3, cast.COST: 1}
NOTE = "与投标人有往来"
REASON = "候补已用尽，补抽空缺席位"
DEPUTY = Person("袋狸代表", cast.resident(902))
MANDATE = b"%PDF-1.7\n" + "授权书：袋狸代表".encode()
DRAFTED = (Entry(cast.code(903), "袋獾建设有限公司"), Entry(cast.code(904), "蜜袋鼯市政有限公司"))
ELSEWHERE = "expert0"
"""The login of an expert whose profession no draw here needs."""
STAFF = {"pool1": Role.POOL, "auditor": Role.AUDIT_ADMIN, ELSEWHERE: Role.EXPERT}
VERSIONS = text("SELECT id, xmin::text FROM experts ORDER BY id")
HEARD = (
    "CREATE TABLE heard_jobs (payload text)",
    "CREATE FUNCTION hear_job() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "INSERT INTO heard_jobs VALUES (row_to_json(NEW)::text || convert_from(NEW.payload, 'UTF8')); RETURN NEW; END $$",
    "CREATE TRIGGER hear_jobs AFTER INSERT OR UPDATE ON pgqueuer FOR EACH ROW EXECUTE FUNCTION hear_job()",
)


@dataclass
class Watched:
    """The section after the draws, what may not be told, and what was said meanwhile.

    `named` is told to who named the representative, `drafted` to the centre that writes the lottery's list.
    """

    section: str
    lottery: str
    drawn: list[Expert] = field(default_factory=list)
    named: list[bytes] = field(default_factory=list)
    drafted: list[bytes] = field(default_factory=lambda: [one.name.encode() for one in DRAFTED])
    told: dict[str | None, dict[str, str]] = field(default_factory=dict)
    secrets: list[bytes] = field(default_factory=list)
    codes: list[bytes] = field(default_factory=list)
    employers: list[bytes] = field(default_factory=list)
    logged: str = ""
    streams: dict[str, Client] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    rows_before: list[Any] = field(default_factory=list)
    rows_after: list[Any] = field(default_factory=list)


async def a_watched_draw(hall: Hall) -> Watched:
    """Four are called; one accepts, one declines with a note, one stays silent; an alternate is called, then none is left.

    A representative is named, and the vacant seat is drawn for alone.
    """
    await enter_experts(hall)
    await _furnish(hall)
    found = Watched(await opened_section(hall), await _a_draft(hall))
    found.before, found.rows_before = await register_pages(hall), await versions(hall)
    async with _listening_in(hall, found):
        with _listening() as heard:
            await _committee(hall, found.section)
            await reply(hall, await code(hall, found.section, 1))
            await reply(hall, await code(hall, found.section, 2), accepts=False, kind="other", note=NOTE)
            await let_pass(hall, await call_of(hall, found.section, 3))
            await hall.until(lambda: _runs_dry(hall, found.section))
            await _name(hall, found.section)
            await _supplement(hall, found.section)
        found.logged = heard.getvalue()
    found.after, found.rows_after = await register_pages(hall), await versions(hall)
    await _learn(hall, found)
    return found


async def versions(hall: Hall) -> list[Any]:
    """Which transaction wrote each row of the register last (leak 1)."""
    async with hall.database.reading() as session:
        return [tuple(row) for row in await session.execute(VERSIONS)]


async def register_pages(hall: Hall) -> dict[str, str]:
    """Everything the pool desk can open about anybody, and another expert's own pages, modulo noise, by path (leak 2)."""
    async with hall.database.reading() as session:
        known = (await session.execute(select(Expert.id).order_by(Expert.id))).scalars().all()
    lists = ["/desk", "/messages", "/pool", "/pool?state=active", "/pool/appraisals", "/pool/applications"]
    lists += ["/pool/imports", "/pool/export.csv", "/pool/export.xlsx", "/pool/professions"]
    each = [f"/pool/{one}{tail}" for one in known for tail in ("", "/versions")]
    own = ["/desk", "/expert", "/expert/invitations", "/expert/availability", "/expert/draws", "/expert/standing"]
    pages = {f"pool {path}": page for path, page in (await _pages(hall, "pool1", [*lists, *each])).items()}
    return pages | {f"expert {path}": page for path, page in (await _pages(hall, ELSEWHERE, own)).items()}


async def _pages(hall: Hall, login: str, paths: list[str]) -> dict[str, str]:
    async with await hall.client(login) as client:
        return {path: NOISE.sub("~", unpacked(await client.get(path))) for path in paths}


async def everything_stored(hall: Hall) -> bytes:
    """Every object of every bucket of the store, name and bytes."""
    found: list[bytes] = []
    for bucket in hall.objects._minio.list_buckets():
        for one in await hall.objects.list(bucket.name):
            found += [one.key.encode(), await hall.objects.get(bucket.name, one.key, one.version)]
    return b"\n".join(found)


async def told_to(hall: Hall, body: str) -> bytes:
    """What the trustee of a body has on its disk, and what it is told if it asks once more."""
    program = hall.trustees[body]
    actor = Actor(program.state.name, Role.TRUSTEE)
    told, headers = program.request(context(actor))
    reply = await exchange(hall.database, desk(hall.stack), told, headers["trustee-signature"])
    return (hall.folder / f"{body}.json").read_bytes() + canonical(reply)


async def _a_draft(hall: Hall) -> str:
    async with hall.database.work(hall.actor("centre")) as work:
        asked = {"subject": "展位抽签", "basis": "规则", "places": 1, "waiting": 1}
        return (await open_lottery(work, entries=DRAFTED, **asked)).id  # type: ignore[arg-type]


async def _committee(hall: Hall, section: str) -> None:
    async with hall.database.work(hall.actor("agent")) as work:
        draw = (await request_panel(work, section, quota=QUOTA, alternates=1, representatives=1)).id
    await _drawn(hall, section, draw)


async def _drawn(hall: Hall, section: str, draw: str) -> None:
    """The centre orders what was asked for, and everybody it draws has a message."""
    async with hall.database.work(hall.actor("centre")) as work:
        await fix_meeting(work, draw, work.ctx.now + timedelta(hours=20), PLACE, WINDOW)
        await order_draw(work, draw)
    await hall.until(lambda: draw_in(hall, draw, DrawState.REVEALED))
    await hall.until(lambda: everybody_told(hall, section))


async def _runs_dry(hall: Hall, section: str) -> bool:
    """Whether a seat is left vacant, and whoever holds another has a message."""
    async with hall.database.reading() as session:
        return bool(await vacancies(session, section)) and await everybody_told(hall, section)


async def _name(hall: Hall, section: str) -> None:
    """By the agent's account, which alone reads the name again."""
    await (await hall.client("agent")).aclose()
    async with hall.database.work(replace(hall.actor("agent"), id=hall.accounts["agent"].id)) as work:
        await name_representative(work, hall.keys.service, section, 5, DEPUTY, MANDATE)


async def _supplement(hall: Hall, section: str) -> None:
    await (await hall.client("supervisor")).aclose()
    hall.actors["supervisor"] = replace(hall.actor("supervisor"), id=hall.accounts["supervisor"].id)
    signer = await hall.give_key("supervisor", "supervisor")
    assert signer.certificate is not None
    signature = signer.sign(redraw_message(f"{section}/2", REASON, supplement=True))
    async with hall.database.work(hall.actor("supervisor")) as work:
        await allow_redraw(work, hall.authority, section, REASON, signer.certificate, signature, supplement=True)
    async with hall.database.work(hall.actor("agent")) as work:
        at, keys = work.ctx.now + timedelta(hours=20), hall.keys.service
        draw = await request_supplement(work, keys, section, alternates=1, evaluation_at=at, place=PLACE)
    await _drawn(hall, section, draw.id)


async def _furnish(hall: Hall) -> None:
    """Everybody has an account and a telephone; a pool office, an auditor and another expert look on; jobs are heard."""
    for login, role in STAFF.items():
        hall.actors[login] = Actor(f"account-{login}", role, None, cast.REGION)
        await (await hall.client(login)).aclose()
    async with hall.database.work(SYSTEM) as work:
        model = await create_account(work, login="everybody", name="everybody", password="a-long-enough-password")
        for place, one in enumerate((await work.session.execute(select(Expert).order_by(Expert.id))).scalars()):
            contact = Contact(f"+86 13{place:09d}", f"quokka{place}@experts.example")
            account = f"account-of-numbat-{place:04d}"
            work.session.add(
                Account(
                    id=account, login=f"numbat-{place}", name=f"numbat-{place}", password_hash=model.password_hash,
                    created_at=work.ctx.now,
                )
            )  # fmt: skip
            await work.session.flush()
            one.account, one.sealed_contact = account, seal_contact(hall.keys.service, one.id, contact, work.ctx)
        other = await enter_expert(
            work, hall.keys.service, name="袋熊旁观", identity=f"resident:{cast.resident(901)}", employer=cast.code(901),
            specialties=("A05",), region=cast.REGION,
        )  # fmt: skip
        await work.session.execute(
            update(Expert).where(Expert.id == other.id).values(account=hall.accounts[ELSEWHERE].id)
        )
        for statement in HEARD:
            await work.session.execute(text(statement))


async def _learn(hall: Hall, watched: Watched) -> None:
    """Who was drawn, waits or was called before, and everything by which they could be known."""
    keys = hall.keys.service
    async with hall.database.reading() as session:
        seats = (await session.execute(select(Seat).where(Seat.section == watched.section))).scalars().all()
        draws = (await session.execute(select(Draw).where(Draw.section == watched.section))).scalars().all()
        calls = (await session.execute(select(Invitation).where(Invitation.section == watched.section))).scalars().all()
        known = {expert for draw in draws for expert in called_by(keys, draw)}
        deputy = next(one for one in seats if one.kind == "representative")
        watched.named = [keys.unwrap(EXPERT, deputy.id, deputy.sealed_expert), *(word.encode() for word in DEPUTY)]
        watched.drawn = list((await session.execute(select(Expert).where(Expert.id.in_(known)))).scalars())
        bodies = {one.employer for one in watched.drawn if one.employer}
        named = (await session.execute(select(Employer.name).where(Employer.code.in_(bodies)))).scalars()
        watched.employers = [word.encode() for word in (*bodies, *named) if word]
    slips = [keys.unwrap(SLIP, one.id, one.sealed_slip) for one in seats]
    codes = {one.id: code_of(keys, one).encode() for one in calls}
    watched.named += [codes.pop(one.id) for one in calls if one.seat == deputy.id]
    watched.codes = [*codes.values()]
    for expert in watched.drawn:
        whole = identity_of(keys, expert)
        words = [name_of(keys, expert), whole, whole.partition(":")[2], expert.id, expert.number, expert.account]
        watched.secrets += [word.encode() for word in words if word]
    watched.secrets += [*slips, *watched.codes, b"quokka", b"numbat", NOTE.encode()]


@contextmanager
def _listening() -> Iterator[io.StringIO]:
    """Everything that any logger of the process says."""
    heard, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(heard), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@asynccontextmanager
async def _listening_in(hall: Hall, watched: Watched) -> AsyncIterator[None]:
    """The live streams of the draw, the section and the board, as the centre hears them."""
    hub = Hub(hall.database, Bell(hall.database.dsn))
    app = app_on(replace(hall.stack, hub=hub))
    channels = draw_channel(watched.section), section_channel(watched.section), BOARD
    token = await hall._token("centre")
    draw, section, board = (stream(app, f"/live/{one}", authorization=f"Bearer {token}") for one in channels)
    try:
        async with draw as first, section as second, board as third:
            watched.streams = {"draw": first, "section": second, "board": third}
            yield
            await first.until(1)
    finally:
        await hub.close()
