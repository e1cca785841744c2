"""Between the draw and the sign-in no answer, row, job, line, stream or object tells who was drawn (plan of leaks; TBL 37).

`docs/threats.md` lists the doors; each test here says which of them it stands at.
"""

import json

import pytest
import pytest_asyncio
from calling import METHOD
from envelopes import submitted
from leaks import found_in
from names_scene import ELSEWHERE, Watched, a_watched_draw, everything_stored, told_to
from onlookers import NOISE, walk
from scenes import Hall
from sqlalchemy import text

from infra.kernel.events import Event
from trading.evaluation.panel import involved
from trading.sections.tables import Section
from web.demo import cast

pytestmark = [pytest.mark.timeout(900), pytest.mark.soak]
"""Every page by several onlookers, in the time of the first test: a busy machine may need minutes."""

REGISTER = (
    "experts", "expert_applications", "expert_versions", "expert_standings", "expert_reach", "expert_ties",
    "reach_tallies", "reach_totals", "employers", "employer_changes", "absences", "expert_imports", "import_lines",
    "external_lists", "organisations", "organisation_versions", "accounts",
)  # fmt: skip
"""Where every expert stands, drawn or not."""
LOOKING = (None, "bidder1", "agent", "procurer", "centre", "supervisor", "auditor", "pool1", ELSEWHERE)
AUDITING = ("supervisor", "auditor")
LISTING = {"pool1": ("/pool", "/en/pool")}
"""Pages of the register, which lists every expert, drawn or not: they are looked at before and after the draw."""
NAMING, DRAFTING = "agent", "centre"
"""Who named the representative and reads that name; who writes the lottery's list."""
PHONES = "/demo/phones"
"""A demonstration's own page: it shows messages and codes, no number and no name, and exists nowhere else (door 21)."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def watched(hall: Hall) -> Watched:
    return await a_watched_draw(hall)


async def pages(hall: Hall, watched: Watched, login: str | None) -> str:
    """Every page, file and export as this onlooker gets it."""
    if login not in watched.told:
        ids = {"attempt": "2", "draw": f"{watched.section}/2", "lottery": watched.lottery}
        watched.told[login] = await walk(hall, watched.section, login, **ids)
    told = watched.told[login].items()
    return "\n".join(
        page for path, page in told if not path.endswith(PHONES) and not path.startswith(LISTING.get(login or "", "\0"))
    )


async def test_the_walk_looks_for_everybody_who_was_drawn_waits_or_was_named(hall: Hall, watched: Watched) -> None:
    """Four seats and an alternate of each profession; one seat and its alternate more in the supplementary draw."""
    assert len(watched.drawn) == 4 + 2 + 1 + 1 and len(watched.codes) == 4 + 1 + 1 and len(watched.named) == 4
    [_, second] = await hall.lines(Event.DRAW_REVEALED, section=watched.section)
    assert second.subject == f"{watched.section}/2" and second.facts["seats"] == 1


@pytest.mark.parametrize("login", LOOKING)
async def test_no_page_file_or_export_names_anybody_who_was_drawn(
    hall: Hall, watched: Watched, login: str | None
) -> None:
    """Doors 5, 7, 8, 12, 15, 19, 20."""
    seen = (await pages(hall, watched, login)).encode()
    # Whoever audits reads in the journal that each expert was entered, drawn or not, by this id.
    entered = {one.id.encode() for one in watched.drawn} if login in AUDITING else set()
    employers = watched.employers if login is None else []
    named = [] if login == NAMING else watched.named
    assert watched.section.encode() in seen or login == ELSEWHERE
    assert found_in(seen, [*(one for one in watched.secrets if one not in entered), *named, *employers]) == []


async def test_only_who_named_the_representative_reads_the_name(hall: Hall, watched: Watched) -> None:
    """Door 20: the walk above finds it on no other page; here it is where it may be, so that the search finds something."""
    assert found_in((await pages(hall, watched, NAMING)).encode(), watched.named) != []


@pytest.mark.parametrize("login", LOOKING)
async def test_whose_lots_are_to_be_drawn_is_told_to_nobody_before_the_list_is_frozen(
    hall: Hall, watched: Watched, login: str | None
) -> None:
    found = found_in((await pages(hall, watched, login)).encode(), watched.drafted)
    assert found == (watched.drafted if login == DRAFTING else [])


async def test_the_pool_desk_and_another_expert_see_the_same_before_and_after_the_draw(watched: Watched) -> None:
    """Doors 2 and 19: the directory lists everybody lawfully, so nothing of it may move, of drawn and of undrawn experts."""
    assert len(watched.before) > 120 and watched.before.keys() == watched.after.keys()
    assert [path for path, page in watched.before.items() if watched.after[path] != page] == []
    opened = [path for path, page in watched.before.items() if page.startswith("200")]
    assert len(opened) > 120


async def test_no_page_of_the_pool_desk_names_the_section_beside_a_person(watched: Watched) -> None:
    """Door 19."""
    assert [path for path, page in watched.after.items() if watched.section in page] == []


async def test_the_draw_writes_no_row_of_the_register(watched: Watched) -> None:
    """Door 1."""
    assert len(watched.rows_before) > 60 and watched.rows_before == watched.rows_after


async def test_no_row_outside_the_register_links_anybody_to_the_section(hall: Hall, watched: Watched) -> None:
    """Doors 8 to 11 and 18: journal, access lines, jobs as they were queued, timers, messages, duties, kept input."""
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
        jobs = (await session.execute(text("SELECT count(*) FROM heard_jobs"))).scalar_one()
    # Looking at experts, as the pool desk just did, is recorded by the expert's id, drawn or not.
    looked = {one.id.encode() for one in watched.drawn}
    seen = [row for row in rows if "expert.seen" not in row and "experts.seen" not in row]
    assert jobs > 20
    assert found_in("\n".join(seen).encode(), [*watched.secrets, *watched.named, *watched.employers]) == []
    assert found_in("\n".join(rows).encode(), [one for one in watched.secrets if one not in looked]) == []


async def test_every_message_and_every_sealed_person_is_of_one_length(hall: Hall, watched: Watched) -> None:
    """Door 18."""
    lengths = (
        "SELECT length(sealed_expert), length(sealed_code) FROM invitations",
        "SELECT length(sealed) FROM dispatches",
        "SELECT length(sealed_note) FROM invitations WHERE sealed_note IS NOT NULL",
    )
    async with hall.database.reading() as session:
        assert [len(set((await session.execute(text(one))).all())) for one in lengths] == [1, 1, 1]


async def test_no_object_of_any_bucket_names_anybody(hall: Hall, watched: Watched) -> None:
    """Door 11."""
    assert found_in(await everything_stored(hall), [*watched.secrets, *watched.named]) == []


async def test_no_line_of_a_process_names_anybody(watched: Watched) -> None:
    """Door 8."""
    assert found_in(watched.logged.encode(), [*watched.secrets, *watched.named]) == []


async def test_the_live_streams_say_that_something_changed_and_nothing_else(watched: Watched) -> None:
    """Door 6: of the draw's channel no kind and no subject; of the section's and the board's nothing personal."""
    told = [json.loads(one.data) for one in watched.streams["draw"].heard if one.event == "message"]
    assert told and {(one["kind"], one["subject"]) for one in told} == {("changed", "")}
    heard = b"\n".join(client.body for client in watched.streams.values())
    assert found_in(heard, [*watched.secrets, *watched.named]) == []


async def test_the_answer_to_a_request_says_nothing_of_who_works_for_an_avoided_body(
    hall: Hall, watched: Watched
) -> None:
    """Door 3: counts are told without the list of avoided bodies, with it one word; whose experts they are shows nowhere."""
    drawn, told = watched.drawn[0].employer or "", []
    for avoided in (cast.code(801), drawn):
        async with await hall.client("agent") as client:
            typed = {f"quota-{cast.WORKS}": "1", "avoid": avoided}
            answer = await client.post(f"/sections/{watched.section}/panel/reach", data=typed)
            page = await client.get(f"/sections/{watched.section}/panel")
        told.append((answer.status_code, NOISE.sub("~", answer.text), NOISE.sub("~", page.text)))
    assert told[0][0] == 200 and told[0] == told[1] and drawn not in told[1][2]


async def test_before_the_opening_as_many_bodies_are_avoided_with_one_bid_as_with_four(hall: Hall) -> None:
    """Door 4: how many pseudonyms the frozen pool holds must not count the bidders."""
    sections = await hall.tenders(2, 3, METHOD)
    for section, bids in zip(sections, (1, 4), strict=True):
        for number in range(1, bids + 1):
            await submitted(hall, section, f"bidder{number}")
    async with hall.database.reading() as session:
        rows = [await session.get_one(Section, one) for one in sections]
        found = [await involved(session, one) for one in rows]
    assert all(one.opened_at is None for one in rows) and found[0] == found[1]


@pytest.mark.parametrize("body", ["agent", "centre"])
async def test_the_trustees_of_the_other_bodies_learn_nobody(hall: Hall, watched: Watched, body: str) -> None:
    """Door 11: duties, state on disk and answers of the trustees who do not supervise."""
    duties = text("SELECT d.payload::text || coalesce(d.answer::text, '') FROM duties d WHERE trustee = :name")
    async with hall.database.reading() as session:
        named = {"name": hall.trustees[body].state.name}
        asked = "\n".join((await session.execute(duties, named)).scalars().all())
    assert watched.section in asked
    assert f"{watched.section}/2" in asked
    secrets = [*watched.secrets, *watched.named, *watched.employers]
    assert found_in(asked.encode() + await told_to(hall, body), secrets) == []
