"""Between the draw and the sign-in no answer, row, job, line or object tells who was drawn (plan of leaks; TBL 37)."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from calling import called, code, opened_section, reply
from judging import enter_experts
from leaks import found_in, whole_store
from onlookers import walk
from scenes import Hall
from sqlalchemy import select, text

from expertpool.draw.reveal import ALTERNATE, EXPERT, SLIP
from expertpool.draw.tables import Alternate, Seat
from expertpool.experts.actions import identity_of, name_of
from expertpool.experts.contact import Contact, seal_contact
from expertpool.experts.tables import Expert
from infra.kernel.context import SYSTEM
from trading.archive.actions import BUCKET as ARCHIVE
from trading.bidding.uploads import BUCKET as BIDS

pytestmark = [pytest.mark.timeout(600), pytest.mark.soak]
"""Every page by several onlookers, in the time of the first test: a busy machine may need minutes."""

REGISTER = (
    "experts", "expert_applications", "expert_versions", "expert_standings", "expert_reach", "expert_ties",
    "reach_tallies", "reach_totals", "employers", "employer_changes", "absences", "expert_imports", "import_lines",
    "external_lists", "organisations", "organisation_versions",
)  # fmt: skip
"""Where every expert stands, drawn or not."""
NEAREST = "centre"
THE_REST = (None, "bidder1", "agent", "procurer", "supervisor")
PHONES = "/demo/phones"
"""A demonstration's own page: it shows messages and codes, no number and no name, and exists nowhere else (leak 21)."""


@dataclass
class Watched:
    """The section after the draw, what may not be told, and what was said meanwhile."""

    section: str
    drawn: list[Expert] = field(default_factory=list)
    secrets: list[bytes] = field(default_factory=list)
    codes: list[bytes] = field(default_factory=list)
    logged: str = ""


@contextmanager
def listening() -> Iterator[io.StringIO]:
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


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def watched(hall: Hall) -> Watched:
    await enter_experts(hall)
    await _give_phones(hall)
    found = Watched(await opened_section(hall))
    with listening() as heard:
        await called(hall, found.section, alternates=3)
        await reply(hall, await code(hall, found.section, 1))
        await reply(hall, await code(hall, found.section, 2), accepts=False, kind="other", note="与投标人有往来")
        for _ in range(3):
            await hall.step()
    found.logged = heard.getvalue()
    await _learn(hall, found)
    return found


async def _give_phones(hall: Hall) -> None:
    async with hall.database.work(SYSTEM) as work:
        for place, one in enumerate((await work.session.execute(select(Expert))).scalars()):
            contact = Contact(f"+86 13{place:09d}", f"quokka{place}@experts.example")
            one.sealed_contact = seal_contact(hall.keys.service, one.id, contact, work.ctx)


async def _learn(hall: Hall, watched: Watched) -> None:
    """Who was drawn or waits, and everything by which they could be known."""
    keys = hall.keys.service
    async with hall.database.reading() as session:
        seats = (await session.execute(select(Seat).where(Seat.section == watched.section))).scalars().all()
        waits = (await session.execute(select(Alternate))).scalars().all()
        known = {keys.unwrap(EXPERT, one.id, one.sealed_expert).decode() for one in seats}
        known |= {
            keys.unwrap(ALTERNATE, f"{one.draw}/{one.specialty}/{one.place}", one.sealed_expert).decode()
            for one in waits
        }
        watched.drawn = list((await session.execute(select(Expert).where(Expert.id.in_(known)))).scalars())
    slips = [keys.unwrap(SLIP, one.id, one.sealed_slip) for one in seats]
    watched.codes = [(await code(hall, watched.section, number)).encode() for number in range(1, 6)]
    for expert in watched.drawn:
        whole = identity_of(keys, expert)
        words = [
            name_of(keys, expert),
            whole,
            whole.partition(":")[2],
            expert.id,
            expert.number or "",
            expert.account or "",
        ]
        watched.secrets += [word.encode() for word in words if word]
    watched.secrets += [*slips, *watched.codes, b"quokka", "与投标人有往来".encode()]


async def pages(hall: Hall, watched: Watched, login: str | None) -> str:
    """Every page as this onlooker sees it."""
    told = await walk(hall, watched.section, login)
    return "\n".join(page for path, page in told.items() if not path.endswith(PHONES))


async def test_the_walk_looks_for_everybody_who_was_drawn_or_waits(watched: Watched) -> None:
    assert len(watched.drawn) >= 5 + 4 and len(watched.codes) == 5


async def test_no_page_names_anybody_who_was_drawn(hall: Hall, watched: Watched) -> None:
    seen = (await pages(hall, watched, NEAREST)).encode()
    assert watched.section.encode() in seen and found_in(seen, watched.secrets) == []


@pytest.mark.soak
@pytest.mark.parametrize("login", THE_REST)
async def test_no_page_of_anybody_else_names_them_either(hall: Hall, watched: Watched, login: str | None) -> None:
    seen = (await pages(hall, watched, login)).encode()
    # The supervisor's journal lists everybody's entry into the pool, drawn or not, by this id.
    entered = {one.id.encode() for one in watched.drawn} if login == "supervisor" else set()
    employers = [str(one.employer).encode() for one in watched.drawn if one.employer and login is None]
    assert found_in(seen, [*(one for one in watched.secrets if one not in entered), *employers]) == []


async def test_no_row_outside_the_register_links_anybody_to_the_section(hall: Hall, watched: Watched) -> None:
    tables = text(
        "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables "
        "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND NOT tablename = ANY(:register)"
    )
    rows: list[str] = []
    async with hall.database.reading() as session:
        for (table,) in list(await session.execute(tables, {"register": list(REGISTER)})):
            own = " WHERE event NOT LIKE 'expert.%'" if table.endswith(".journal") else ""
            rows += [row for (row,) in await session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t{own}"))]
            rows += [row for (row,) in await session.execute(text(f"SELECT t::text FROM {table} t{own}"))]
    employers = [str(one.employer).encode() for one in watched.drawn if one.employer]
    assert found_in("\n".join(rows).encode(), [*watched.secrets, *employers]) == []


async def test_no_object_names_anybody(hall: Hall, watched: Watched) -> None:
    assert found_in(await whole_store(hall.objects, ARCHIVE, BIDS), watched.secrets) == []


async def test_no_line_of_a_process_names_anybody(watched: Watched) -> None:
    assert found_in(watched.logged.encode(), watched.secrets) == []


async def test_the_live_channel_says_that_something_changed_and_nothing_else(hall: Hall, watched: Watched) -> None:
    told = text("SELECT DISTINCT kind, subject FROM live_events WHERE channel = :channel")
    async with hall.database.reading() as session:
        rows = (await session.execute(told, {"channel": f"draw:{watched.section}"})).all()
    assert [tuple(row) for row in rows] == [("changed", "")]
