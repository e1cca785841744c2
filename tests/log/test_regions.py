"""A clerk sees and changes rows of the own region alone, whatever the query: the database itself sees to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from section_story import Story
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from infra.auth.organisations import register
from infra.auth.tables import Organisation
from infra.db.journal import Line
from infra.db.regions import OPEN_TO_READ, REGIONAL, confined_to, refuse_exempt_role, under, within
from infra.db.work import Database
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import PUBLIC, SYSTEM, Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from web.demo import cast

ELSEWHERE = "420502"
ONE, OTHER, CITY = "420501", "420502", "420500"


def clerk(region: str, role: Role = Role.CENTRE) -> Actor:
    return Actor(f"clerk-{region}", role, None, region)


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("429901", "429901"),
        ("429900", "4299"),
        ("420000", "42"),
        ("421000", "4210"),
        ("000000", ""),
        ("400100", "4001"),
    ],
)
def test_a_code_with_trailing_zeros_covers_what_lies_below(code: str, prefix: str) -> None:
    assert under(code) == prefix


@given(st.from_regex(r"[0-9]{6}", fullmatch=True), st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_nobody_covers_a_region_beside_ones_own(own: str, other: str) -> None:
    covered = other.startswith(under(own))
    pairs = [own[at : at + 2] for at in (0, 2, 4)]
    while pairs and pairs[-1] == "00":
        pairs.pop()
    assert covered == (other[: 2 * len(pairs)] == "".join(pairs))


def test_bodies_judges_the_system_and_the_public_are_confined_to_no_region() -> None:
    for role in (Role.BIDDER, Role.AGENT, Role.PROCURING, Role.JUDGE, Role.TRUSTEE):
        assert confined_to(Actor("a", role, "b", ONE)) is None
    assert (confined_to(SYSTEM), confined_to(PUBLIC)) == (None, None)
    assert confined_to(clerk(ONE, Role.SUPERVISOR)) == ONE


async def test_every_table_with_a_region_has_its_policy(database: Database) -> None:
    """Whoever adds a table with a region calls `policies` in its migration and names it in the list."""
    wanted = """
        SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, array_agg(p.cmd ORDER BY p.cmd)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'region'
        LEFT JOIN pg_policies p ON p.tablename = c.relname
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY 1, 2
    """
    async with database.reading() as session:
        found = {name: (forced, commands) for name, forced, commands in await session.execute(text(wanted))}
    assert set(found) == {*REGIONAL, *OPEN_TO_READ}
    assert {name: told for name, told in found.items() if told != (True, ["ALL"])} == {
        name: (True, ["DELETE", "INSERT", "SELECT", "UPDATE"]) for name in OPEN_TO_READ
    }


async def counted(database: Database, actor: Actor, table: str) -> tuple[int, int]:
    """How many rows an actor reads, and could change; nothing is kept."""
    async with database.work(actor) as work:
        read = (await work.session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
        changed = await work.session.execute(text(f"UPDATE {table} SET region = region RETURNING 1"))
        count = len(changed.all())
        await work.session.rollback()
    return read, count


async def there(database: Database, table: str) -> int:
    """How many rows of the region of the story there are; of the journal also those of no region."""
    ours = f"starts_with(region, '{under(cast.REGION)}')" + (" OR region IS NULL" if table == "journal" else "")
    async with database.reading() as session:
        found: int = (await session.execute(text(f"SELECT count(*) FROM {table} WHERE {ours}"))).scalar_one()
    return found


async def test_another_regions_clerk_finds_nothing_of_a_whole_trade_even_by_hand(story: Story) -> None:
    filled = set()
    for table in REGIONAL:
        everything = await there(story.hall.database, table)
        own = await counted(story.hall.database, clerk(cast.REGION), table)
        assert own == (everything, everything), table
        none_of_it, unchanged = await counted(story.hall.database, clerk(ELSEWHERE), table)
        if table == "journal":
            assert none_of_it < everything // 2
        else:
            assert (none_of_it, unchanged) == (0, 0), table
        filled |= {table} if everything else set()
    assert len(filled) >= 12


async def test_what_is_published_is_read_everywhere_and_changed_at_home_alone(story: Story) -> None:
    for table in OPEN_TO_READ:
        everything, _ = await counted(story.hall.database, SYSTEM, table)
        assert await counted(story.hall.database, clerk(ELSEWHERE), table) == (everything, 0)


async def test_an_unlucky_line_without_region_is_everybodys_and_one_of_another_region_nobodys(
    database: Database,
) -> None:
    async with database.work(SYSTEM) as work:
        work.record(Event.PASSWORD_CHANGED, "nowhere")
        work.record(Event.PASSWORD_CHANGED, "there", region=OTHER)
    async with database.reading(clerk(ONE)) as session:
        assert set(await session.scalars(select(Line.subject))) == {"nowhere"}


async def test_a_clerk_cannot_add_a_row_to_another_region(database: Database) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.work(clerk(ONE)) as work:
            await register(work, cast.code(1), "甲", OTHER)
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.work(clerk(ONE)) as work:
            work.record(Event.PASSWORD_CHANGED, "there", region=OTHER)


async def test_a_city_covers_its_districts_and_a_district_not_its_city(database: Database) -> None:
    for serial, region in enumerate((ONE, OTHER, CITY, "430101"), 1):
        async with database.work(SYSTEM) as work:
            await register(work, cast.code(serial), "某公司", region)
            work.record(Event.PASSWORD_CHANGED, region, region=region)
    for actor, seen in ((clerk(CITY), {ONE, OTHER, CITY}), (clerk(ONE), {ONE}), (clerk("420000"), {ONE, OTHER, CITY})):
        async with database.reading(actor) as session:
            rows = await session.scalars(select(Line.region).where(Line.subject == Line.region))
            assert set(rows) == seen
            scoped = await session.scalars(
                select(Organisation.region).where(within(Organisation.region, actor.region or ""))
            )
            assert set(scoped) == seen


async def test_the_region_ends_with_its_transaction(database: Database) -> None:
    async with database.work(SYSTEM) as work:
        work.record(Event.PASSWORD_CHANGED, "there", region=OTHER)
    narrow = Database(database.engine.url.render_as_string(hide_password=False), pool=1)
    try:
        for _ in range(2):
            async with narrow.work(clerk(ONE)) as work:
                assert (await work.session.execute(select(func.count()).select_from(Line))).scalar_one() == 0
            async with narrow.reading() as session:
                assert (await session.execute(select(func.count()).select_from(Line))).scalar_one() == 1
        async with narrow.bare() as connection:
            assert await connection.fetchval("SELECT count(*) FROM journal") == 1
    finally:
        await narrow.close()


async def test_the_search_of_published_notices_still_goes_by_its_index(database: Database) -> None:
    """A policy that is not simply true would keep every condition that may leak from being looked up in an index."""
    many = """
        INSERT INTO notices (id, kind, category, region, title, project, published_at, facts, candidates, content_hash, search)
        SELECT 'n' || n, 'award', 'construction', '420501', 't', 'p', now(), '{}', '[]', sha256(n::text::bytea),
            to_tsvector('simple', 'w' || n) FROM generate_series(1, 3000) n
    """
    async with database.work(SYSTEM) as work:
        await work.session.execute(text(many))
        await work.session.execute(text("ANALYZE notices"))
    async with database.reading(clerk(ONE)) as session:
        asked = "EXPLAIN SELECT id FROM notices WHERE superseded_at IS NULL AND search @@ to_tsquery('simple', 'w17')"
        plan = "\n".join(await session.scalars(text(asked)))
    assert "ix_notices_search" in plan


async def test_a_role_above_the_policies_is_told_and_refused_in_production(
    database: Database, postgres: EmbeddedPostgres
) -> None:
    async with database.bare() as connection:
        assert await refuse_exempt_role(connection, "production")
    above = Database(postgres.admin.sqlalchemy)
    try:
        async with above.bare() as connection:
            assert not await refuse_exempt_role(connection, "demo")
            with pytest.raises(Problem, match=r"database\.exempt-role"):
                await refuse_exempt_role(connection, "production")
    finally:
        await above.close()
