"""The access log: no read without a line, no line changed or taken away unseen."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from infra.access.actions import note, recorded
from infra.access.queries import genuine, hours_of, rooted, told_of
from infra.access.rooting import make_root
from infra.access.rules import Outcome, Read, Tree, entry, verify, width
from infra.access.tables import AccessLine, AccessRoot
from infra.db.journal import Line
from infra.db.work import Database
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event, Opens
from infra.kernel.problems import Problem

CLERK = Actor("clerk", Role.CENTRE, None, "420501")
NOW = timedelta(0)


async def seen(database: Database, subject: str = "registration-1") -> None:
    async with recorded(database, CLERK, "10.0.0.7", Read.REGISTRATION, subject):
        pass


async def lines(database: Database) -> list[AccessLine]:
    async with database.reading() as session:
        return list(await session.scalars(select(AccessLine).order_by(AccessLine.id)))


async def test_a_read_says_who_in_which_role_what_from_where_and_when(database: Database) -> None:
    await seen(database)
    [line] = await lines(database)
    assert (line.actor, line.role, line.address, line.read, line.subject) == (
        "clerk",
        "centre",
        "10.0.0.7",
        "registration.seen",
        "registration-1",
    )
    assert line.outcome == Outcome.GRANTED and genuine(line)


async def test_a_refused_read_leaves_a_line_with_the_reason(database: Database) -> None:
    with pytest.raises(Problem, match=r"registration\.unknown"):
        async with recorded(database, CLERK, None, Read.REGISTRATION, "of-a-stranger"):
            raise Problem("registration.unknown")
    [line] = await lines(database)
    assert (line.outcome, line.facts, line.subject) == ("refused", {"code": "registration.unknown"}, "of-a-stranger")


async def test_a_read_that_cannot_be_recorded_is_refused(database: Database) -> None:
    async with database.bare() as connection:
        await connection.execute("ALTER TABLE access_log ADD CONSTRAINT full_disk CHECK (false) NOT VALID")
    with pytest.raises(DBAPIError):
        await seen(database)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE access_log SET actor = 'nobody'",
        "DELETE FROM access_log",
        "TRUNCATE access_log",
        "UPDATE access_roots SET root = sha256('')",
        "DELETE FROM access_roots",
        "TRUNCATE access_roots",
    ],
)
async def test_the_database_refuses_to_change_or_empty_the_access_log(database: Database, change: str) -> None:
    await seen(database)
    await make_root(database, NOW)
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.work(SYSTEM) as work:
            await work.session.execute(text(change))


async def without_trigger(database: Database, change: str) -> None:
    """What somebody who owns the tables could do."""
    async with database.bare() as connection:
        await connection.execute("ALTER TABLE access_log DISABLE TRIGGER ALL")
        await connection.execute(change)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM access_log WHERE subject = 'b'",
        "UPDATE access_log SET entry = sha256('') WHERE subject = 'b'",
        "UPDATE access_log SET id = 1000 WHERE subject = 'a'",
    ],
)
async def test_a_line_taken_away_changed_or_moved_shows_against_the_logged_root(
    database: Database, change: str
) -> None:
    for subject in "abc":
        await seen(database, subject)
    root = await make_root(database, NOW)
    assert root is not None
    await without_trigger(database, change)
    async with database.reading() as session:
        [hour] = await hours_of(session, [root.last])
    assert not hour.whole


async def test_a_row_that_says_something_else_than_its_entry_is_not_genuine(database: Database) -> None:
    await seen(database)
    await without_trigger(database, "UPDATE access_log SET actor = 'somebody-else'")
    assert [genuine(line) for line in await lines(database)] == [False]


async def test_every_hour_has_a_root_in_the_public_log_that_tells_no_count(database: Database) -> None:
    for _ in range(3):
        await seen(database)
    first, second = await make_root(database, NOW), await make_root(database, NOW)
    assert first is not None and second is not None
    assert (first.first, second.first) == (0, first.last) and second.last == second.first
    async with database.reading() as session:
        logged = list(await session.scalars(select(Line).where(Line.event == Event.ACCESS_ROOTED).order_by(Line.id)))
    assert Event.ACCESS_ROOTED.kind.leaf and Event.ACCESS_ROOTED.kind.opens is Opens.AT_ONCE
    assert [one.facts["root"] for one in logged] == [b64(bytes(first.root)), b64(bytes(second.root))]
    assert all(set(one.facts) == {"number", "since", "until", "root"} for one in logged)


async def test_no_root_is_made_before_the_hour_is_over_nor_for_a_line_under_way(database: Database) -> None:
    await seen(database)
    assert await make_root(database, timedelta(hours=1)) is None
    async with database.work(CLERK) as work:
        note(work, Read.REGISTRATION, "under-way")
        await work.session.flush()
        with pytest.raises(DBAPIError, match="lock"):
            await make_root(database, NOW)
    root = await make_root(database, NOW)
    assert root is not None
    async with database.reading() as session:
        [hour] = await hours_of(session, [root.last])
    assert len(hour.places) == 2


async def test_a_line_is_proven_to_stand_in_its_hours_root_and_in_no_other(database: Database) -> None:
    await seen(database, "a")
    await make_root(database, NOW)
    await seen(database, "b")
    await make_root(database, NOW)
    one, two = await lines(database)
    async with database.reading() as session:
        hours = await hours_of(session, [one.id, two.id])
        roots = {root.number: root for root in await session.scalars(select(AccessRoot))}
    for line in (one, two):
        place = rooted(line.id, hours)
        assert place is not None
        own = entry(bytes(line.salt), told_of(line))
        verify(own, place.index, place.path, bytes(roots[place.number].root))
        with pytest.raises(Problem, match=r"log\.inclusion"):
            verify(own, place.index, place.path, bytes(roots[3 - place.number].root))


def test_an_hour_without_a_read_has_as_many_leaves_as_one_with_sixty() -> None:
    blind = bytes(32)
    assert [width(reads) for reads in (0, 1, 64, 65, 200)] == [64, 64, 64, 128, 256]
    assert Tree([], blind).size == Tree([bytes(32)] * 60, blind).size == 64
    assert Tree([], blind).root != Tree([], bytes([1]) * 32).root
    assert len(Tree([bytes(32)], blind).path(0)) == 6
