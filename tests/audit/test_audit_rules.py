"""What is shown of a journal line, and when; the search finds just that, in order, each line once."""

from datetime import timedelta

import pytest
from section_story import Story
from sqlalchemy import event as events
from sqlalchemy import select, text

from infra.db.journal import Line
from infra.db.work import Database
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event, Opens
from infra.tlog.sequencer import LogKeys, beat
from trading.audit.queries import Cursor, Search, Shown, Standing, find_lines, standings
from trading.audit.rules import BEFORE_CLOSING, OUTSIDERS, UNTOLD, Sight, read_sight, sight
from trading.bidding.tables import Bid, Rehearsal
from trading.evaluation.tables import Evaluation
from trading.sections.tables import Section


def seen(event: Event, role: Role, *, closed: bool = False, judged: bool = False, of_draw: bool = False) -> Sight:
    return sight(event, role, in_section=True, of_draw=of_draw, closed=closed, judged=judged)


@pytest.mark.parametrize(
    "event", [one for one in Event if one.startswith("bid.") and one.kind.opens is not Opens.AT_ONCE]
)
def test_nothing_about_a_bid_is_shown_before_the_closing(event: Event) -> None:
    assert {seen(event, role) for role in Role} == {Sight.HIDDEN}
    assert {sight(event, role, in_section=False, of_draw=False, closed=False, judged=False) for role in Role} == {
        Sight.HIDDEN
    }


@pytest.mark.parametrize("role", sorted(OUTSIDERS))
def test_before_the_closing_nobody_outside_is_named(role: Role) -> None:
    assert {seen(event, role) for event in Event} <= {Sight.HIDDEN, Sight.UNNAMED}
    assert seen(Event.NOTICE_PUBLISHED, role) is Sight.UNNAMED


def test_what_is_not_known_to_be_harmless_is_hidden_before_the_closing() -> None:
    inner = {event for event in Event if event.kind.opens is Opens.NEVER} - BEFORE_CLOSING
    assert {Event.BID_STARTED, Event.BID_REHEARSED, Event.MARK_DRAFTED} <= inner
    assert {seen(event, Role.CENTRE) for event in inner} == {Sight.HIDDEN}


@pytest.mark.parametrize("event", [one for one in Event if one.kind.opens is Opens.MARKS_PUBLISHED])
def test_what_a_committee_does_is_sealed_until_its_marks_are_public(event: Event) -> None:
    told = Sight.HIDDEN if event in UNTOLD else Sight.SEALED
    assert seen(event, Role.SYSTEM, closed=True) is told
    assert seen(event, Role.SYSTEM, closed=True, judged=True) is Sight.OPEN


def test_that_somebody_was_asked_to_explain_a_mark_is_hidden_whole_until_all_marks_are_public() -> None:
    assert {seen(event, role, closed=True) for event in UNTOLD for role in Role} == {Sight.HIDDEN}


def test_what_a_judge_does_inwardly_is_sealed_too() -> None:
    for event in (Event.MARK_DRAFTED, Event.LEADER_VOTED, Event.BID_READ):
        assert seen(event, Role.JUDGE, closed=True) is Sight.SEALED


def test_after_closing_and_marks_everything_is_open() -> None:
    assert {seen(event, role, closed=True, judged=True) for event in Event for role in Role} == {Sight.OPEN}


def test_what_bidders_read_of_a_running_section_is_hidden() -> None:
    assert read_sight(Role.BIDDER, in_section=True, closed=False) is Sight.HIDDEN
    assert read_sight(Role.BIDDER, in_section=True, closed=True) is Sight.OPEN
    assert read_sight(Role.CENTRE, in_section=True, closed=False) is Sight.OPEN


async def all_found(database: Database, search: Search) -> list[Shown]:
    found: list[Shown] = []
    cursor: Cursor | None = None
    async with database.reading() as session:
        while True:
            page = await find_lines(session, Search(**{**vars(search), "cursor": cursor}))
            found += page.lines
            if page.following is None:
                return found
            cursor = page.following


async def test_the_search_finds_every_line_that_may_be_shown_and_no_other(story: Story) -> None:
    database = story.hall.database
    async with database.reading() as session:
        judged = set(await session.scalars(select(Evaluation.section)))
        rows = await session.execute(select(Line, Section).outerjoin(Section, Section.id == Line.section))
        wanted = {}
        for line, section in rows:
            of_draw = line.event.startswith("draw.")
            closed = section is not None and section.closed_at is not None
            wanted[line.id] = sight(
                Event(line.event), Role(line.role), in_section=line.section is not None, of_draw=of_draw,
                closed=closed, judged=line.section in judged,
            )  # fmt: skip
    found = {one.line.id: one.sight for one in await all_found(database, Search(size=37))}
    assert set(found) == {number for number, told in wanted.items() if told is not Sight.HIDDEN}
    assert all(told is wanted[number] for number, told in found.items() if wanted[number] is not Sight.OPEN)


@pytest.mark.parametrize("newest_first", [True, False])
async def test_pages_tell_every_line_once_in_order_also_where_times_are_equal(
    database: Database, newest_first: bool
) -> None:
    async with database.work(SYSTEM) as work:
        for number in range(25):
            work.record(Event.PASSWORD_CHANGED, f"n{number}").at = work.ctx.now
        for number in range(25, 40):
            work.record(Event.PASSWORD_CHANGED, f"n{number}")
    found = await all_found(database, Search(size=7, newest_first=newest_first))
    ids = [one.line.id for one in found]
    assert ids == sorted(set(ids), reverse=newest_first) and len(ids) == 40


async def test_a_span_includes_its_beginning_and_not_its_end(database: Database) -> None:
    async with database.work(SYSTEM) as work:
        now = work.ctx.now
        for number in range(3):
            work.record(Event.PASSWORD_CHANGED, f"n{number}").at = now + timedelta(hours=number)
    found = await all_found(database, Search(since=now, until=now + timedelta(hours=2)))
    assert sorted(one.line.subject for one in found) == ["n0", "n1"]


async def test_a_sealed_line_is_found_neither_by_its_actor_nor_by_its_subject(story: Story) -> None:
    seat = Actor("seat-secret", Role.JUDGE, None, "429901")
    async with story.hall.database.work(seat) as work:
        work.record(Event.JUDGE_SIGNED_IN, "seat-secret", section=story.opened)
        await work.session.flush()
        by_section = await find_lines(work.session, Search(section=story.opened, event=Event.JUDGE_SIGNED_IN))
        by_actor = await find_lines(work.session, Search(actor="seat-secret"))
        by_subject = await find_lines(work.session, Search(subject="seat-secret"))
        await work.session.rollback()
    [sealed] = by_section.lines
    assert (sealed.sight, sealed.actor, sealed.subject, sealed.facts, sealed.address) == (
        Sight.SEALED,
        None,
        None,
        {},
        None,
    )
    assert not sealed.provable and by_actor.lines == by_subject.lines == ()


async def told_in(story: Story, section: str, event: Event) -> list[Shown]:
    async with story.hall.database.reading() as session:
        return list((await find_lines(session, Search(section=section, event=event, size=200))).lines)


async def test_who_began_a_bid_stands_in_its_sections_timeline_once_the_section_is_closed(story: Story) -> None:
    found = await told_in(story, story.opened, Event.BID_STARTED)
    async with story.hall.database.reading() as session:
        bids = set(await session.scalars(select(Bid.id).where(Bid.section == story.opened)))
    assert {one.subject for one in found} == bids != set()
    assert {one.section for one in found} == {story.opened}
    assert {one.sight for one in found} == {Sight.OPEN}
    assert await told_in(story, story.running, Event.BID_STARTED) == []
    assert await all_found(story.hall.database, Search(event=Event.BID_STARTED)) == []


@pytest.mark.parametrize("closed", [True, False])
async def test_a_rehearsal_stands_in_its_sections_timeline_once_the_section_is_closed(
    story: Story, closed: bool
) -> None:
    section, bidder = story.opened if closed else story.running, story.hall.bodies["bidder1"].id
    actor, digest = story.hall.actor("bidder1"), bytes(range(32))
    async with story.hall.database.work(actor) as work:
        work.session.add(
            Rehearsal(bidder=bidder, digest=digest, section=section, region="420501", rehearsed_at=work.ctx.now)
        )
        work.record(Event.BID_REHEARSED, b64(digest), region="420501")
        await work.session.flush()
        found = await find_lines(work.session, Search(section=section, event=Event.BID_REHEARSED))
        elsewhere = await find_lines(work.session, Search(event=Event.BID_REHEARSED))
        told = [one.subject for one in found.lines]
        await work.session.rollback()
    assert told == ([b64(digest)] if closed else [])
    assert elsewhere.lines == ()


async def logged(database: Database, log_keys: LogKeys) -> None:
    async with database.work(SYSTEM) as work:
        work.record(Event.ACCOUNT_CREATED, "inner")
        work.record(Event.PROJECT_ACCEPTED, "leaf", name="甲")
    await beat(database, log_keys)


async def said(database: Database) -> dict[str, Standing]:
    async with database.reading() as session:
        lines = (await find_lines(session, Search())).lines
        told = await standings(session, lines)
    return {one.line.subject: standing for one, standing in zip(lines, told, strict=True)}


async def test_a_line_is_compared_with_what_the_log_holds(database: Database, log_keys: LogKeys) -> None:
    await logged(database, log_keys)
    told = await said(database)
    assert (told["inner"], told["leaf"]) == (Standing.INNER, Standing.LOGGED)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal SET facts = '{\"name\": \"乙\"}' WHERE subject = 'leaf'",
        "UPDATE journal SET at = at - interval '1 second' WHERE subject = 'leaf'",
        "UPDATE journal SET role = 'centre' WHERE subject = 'leaf'",
        "UPDATE log_entries SET entries = decode(repeat('00', length(entries)), 'hex')",
    ],
)
async def test_a_row_that_was_changed_after_it_was_logged_is_told(
    database: Database, log_keys: LogKeys, change: str
) -> None:
    await logged(database, log_keys)
    async with database.bare() as connection:
        await connection.execute("ALTER TABLE journal DISABLE TRIGGER ALL")
        await connection.execute(change)
    assert (await said(database))["leaf"] is Standing.DIFFERS


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (Search(), "ix_journal_at"),
        (Search(actor="a17"), "ix_journal_actor"),
        (Search(event=Event.PASSWORD_CHANGED, actor="a17"), "ix_journal_actor"),
        (Search(subject="s17"), "ix_journal_subject"),
        (Search(section="YH-1/01"), "ix_journal_section"),
    ],
)
async def test_a_search_goes_by_an_index(database: Database, asked: Search, index: str) -> None:
    many = """
        INSERT INTO journal (event, actor, role, subject, facts)
        SELECT CASE WHEN n % 9 = 0 THEN 'password.changed' ELSE 'account.signed-in' END,
            'a' || n % 500, 'centre', 's' || n, '{}'
        FROM generate_series(1, 6000) n
    """
    async with database.work(SYSTEM) as work:
        await work.session.execute(text(many))
        await work.session.execute(text("ANALYZE journal"))
    assert index in await plan_of(database, asked)


async def plan_of(database: Database, search: Search) -> str:
    """How PostgreSQL goes about a search: the statement as it is sent, explained."""
    sent: list[tuple[str, object]] = []

    def keep(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        sent.append((statement, parameters))

    events.listen(database.engine.sync_engine, "before_cursor_execute", keep)
    try:
        async with database.reading() as session:
            await find_lines(session, search)
    finally:
        events.remove(database.engine.sync_engine, "before_cursor_execute", keep)
    statement, parameters = next(one for one in sent if "FROM journal" in one[0])
    async with database.bare() as connection:
        rows = await connection.fetch("EXPLAIN " + statement, *parameters)
    return "\n".join(row[0] for row in rows)
