"""A representative's day over HTTP: named on the page, let in by the centre, given a slip, seated by a browser of its own."""

import re
import sys
from pathlib import Path

import httpx
from judging import Panel
from sqlalchemy import update

from expertpool.draw.reveal import EXPERT
from expertpool.draw.tables import Draw
from expertpool.experts.sealing import identity_of, name_of
from expertpool.experts.tables import Expert
from infra.kernel.context import SYSTEM
from trading.evaluation.representatives import Person

sys.path.append(str(Path(__file__).resolve().parents[1] / "pages"))

# isort: split
from judge_machine import Machine as Machine

SLIP = re.compile(r'slip-card__code mono">([A-Z0-9 ]+)<')


async def on_page(panel: Panel, login: str, tail: str = "", file: bytes | None = None, **fields: str) -> httpx.Response:
    """What somebody's browser gets of the page of naming; a form is sent where fields are given."""
    path = f"/sections/{panel.section}/panel/representatives{tail}"
    async with await panel.hall.client(login) as client:
        if not fields:
            return await client.get(path)
        sent = {"mandate": ("授权书.pdf", b"" if file is None else file, "application/pdf")}
        return await client.post(path, data=fields, files=sent)


async def named_on_page(panel: Panel, person: Person, mandate: bytes, **more: str) -> httpx.Response:
    """The agent's form for seat 5."""
    told = {"seat": "5", "private_name": person.name, "private_identity": person.identity, **more}
    answer = await on_page(panel, "agent", file=mandate, **told)
    await panel.refresh()
    return answer


async def read(panel: Panel, login: str, tail: str) -> httpx.Response:
    """What somebody reads at an address of the section."""
    async with await panel.hall.client(login) as client:
        return await client.get(f"/sections/{panel.section}/{tail}")


async def expert_at(panel: Panel, number: int) -> Expert:
    """The expert who holds a seat."""
    seat, keys = panel.seat(number), panel.hall.keys.service
    async with panel.hall.database.reading() as session:
        found: Expert = await session.get_one(Expert, keys.unwrap(EXPERT, seat.id, seat.sealed_expert).decode())
        return found


def person_of(panel: Panel, expert: Expert) -> Person:
    """An expert as the purchaser would name one."""
    keys = panel.hall.keys.service
    return Person(name_of(keys, expert), identity_of(keys, expert).removeprefix("resident:"))


async def ordered(panel: Panel) -> None:
    """From now on the draw counts as ordered, so whoever has not signed in comes through the door first."""
    async with panel.hall.database.work(SYSTEM) as work:
        told = {"ordered_at": work.ctx.now, "evaluation_at": work.ctx.now}
        await work.session.execute(update(Draw).where(Draw.section == panel.section).values(told))


async def at_the_door(panel: Panel, code: str, identity: str) -> httpx.Response:
    """The centre types code and identity of somebody who has come."""
    path, told = f"/sections/{panel.section}/check-in", {"private_code": code, "private_identity": identity}
    async with await panel.hall.client("centre") as client:
        return await client.post(path, data={**told, "commitment": "yes"})


async def slips(panel: Panel) -> list[str]:
    """The slips that the centre may print now; none where it is refused."""
    async with await panel.hall.client("centre") as client:
        answer = await client.post(f"/sections/{panel.section}/seats/slips", data={})
    return [code.replace(" ", "") for code in SLIP.findall(answer.text)]


def a_machine(panel: Panel) -> Machine:
    """A browser that knows nothing yet."""
    transport = httpx.ASGITransport(app=panel.hall.app, raise_app_exceptions=False)
    return Machine(httpx.AsyncClient(transport=transport, base_url=panel.hall.stack.settings.origin))
