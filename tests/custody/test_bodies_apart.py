"""Outside demonstrations no two bodies share a machine, an administrator or a place of custody; and what each reports."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from infra.auth.keys import PlatformKeys
from infra.crypto.sign import labelled, sign_ed25519
from infra.custody.actions import Host, enrol
from infra.custody.exchange import REQUEST_LABEL, Exchange, exchange
from infra.custody.queries import holders
from infra.custody.standing import Standing, reached, standing
from infra.custody.tables import TrusteeReport
from infra.db.journal import Line
from infra.db.work import Database
from infra.edge import context, random_bytes, utc_now
from infra.kernel.canonical import b64, canonical, digest, parse, unb64
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.settings import DatabaseAddress
from infra.trustee import keeping, locked, readiness
from infra.trustee.duties import BODIES
from infra.trustee.keeping import Owner
from infra.trustee.program import Program
from infra.trustee.statefile import Lock


class Platform:
    """Three trustees enrolled on a platform that is no demonstration."""

    def __init__(self, database: Database, desk: Exchange, programs: dict[str, Program]) -> None:
        self.database, self.desk, self.programs = database, desk, programs

    async def hear(self, body: str, at: timedelta = timedelta(), drop: bool = False, **changed: Any) -> str:
        """One exchange of a body with facts of its report changed; the code of a refusal, or `served`."""
        program = self.programs[body]
        ctx = context(Actor(program.state.name, Role.TRUSTEE), utc_now() + at)
        request = parse(program.request(ctx)[0])
        request["readiness"] = None if drop else request["readiness"] | changed
        if drop:
            del request["readiness"]
        signed = labelled(REQUEST_LABEL, digest(request))
        return await self.say(canonical(request), b64(sign_ed25519(program.state.signer, signed)))

    async def say(self, body: bytes, signature: str) -> str:
        try:
            await exchange(self.database, self.desk, body, signature)
        except Problem as problem:
            return problem.code
        return "served"

    async def standings(self) -> dict[str, Standing]:
        async with self.database.reading() as session:
            return {one.trustee.body: standing(one.report, utc_now()) for one in await holders(session)}

    async def lines(self, event: Event) -> list[Line]:
        async with self.database.reading() as session:
            return list((await session.execute(select(Line).where(Line.event == event).order_by(Line.id))).scalars())


def a_program(folder: Path, body: str) -> Program:
    owner = Owner(f"office {body}", f"safe {body}")
    path = folder / f"{body}.json"
    state = keeping.create(path, f"{body}.example", body, random_bytes, None, owner)
    state.lock = Lock(bytes(32), bytes(16))
    host = readiness.Host(b64(body.encode().ljust(32)), b64(f"boot {body}".encode().ljust(32)))
    return Program(state, path, lambda *_: None, host)


async def take_into_service(database: Database, program: Program, **host: Any) -> None:
    state, told = program.state, program.state.enrolment()
    facts = {"machine": program.host.machine, "administrator": state.administrator, "custody": state.custody} | host
    async with database.work(SYSTEM) as work:
        await enrol(
            work, state.name, state.body, signer=unb64(told["signer"]), sealing=unb64(told["sealing"]),
            vkey=told["vkey"], beacon=unb64(told["beacon"]), host=Host(**facts),
        )  # fmt: skip


@pytest_asyncio.fixture
async def database(fresh_database: DatabaseAddress) -> AsyncIterator[Database]:
    opened = Database(fresh_database.sqlalchemy, mode="production")
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def platform(database: Database, tmp_path: Path) -> Platform:
    programs = {body: a_program(tmp_path, body) for body in BODIES}
    for program in programs.values():
        await take_into_service(database, program)
    return Platform(database, Exchange({}, PlatformKeys.load_or_create(tmp_path), "log.example/log"), programs)


# ---- apart ----------------------------------------------------------------------------------------------------------

SHARED = [
    ("machine", "trustee.same-host"),
    ("administrator", "trustee.same-administrator"),
    ("custody", "trustee.same-custody"),
]


async def refused_enrolment(database: Database, program: Program, **host: Any) -> str:
    try:
        await take_into_service(database, program, **host)
    except Problem as problem:
        return problem.code
    return "enrolled"


@pytest.mark.parametrize(("fact", "code"), SHARED)
async def test_a_second_body_with_the_same_is_not_enrolled(
    database: Database, tmp_path: Path, fact: str, code: str
) -> None:
    agent, centre = a_program(tmp_path, "agent"), a_program(tmp_path, "centre")
    await take_into_service(database, agent)
    shared = {"machine": agent.host.machine, "administrator": "  OFFICE Agent ", "custody": "Safe  AGENT"}[fact]
    assert await refused_enrolment(database, centre, **{fact: shared}) == code


@pytest.mark.parametrize("fact", ["machine", "administrator", "custody"])
async def test_who_does_not_tell_where_it_runs_is_not_enrolled(database: Database, tmp_path: Path, fact: str) -> None:
    assert await refused_enrolment(database, a_program(tmp_path, "agent"), **{fact: ""}) == "trustee.host"


@pytest.mark.parametrize(("fact", "code"), [*SHARED, ("boot", "trustee.same-host")])
async def test_a_trustee_that_moves_together_with_another_is_turned_away_and_that_one_is_not(
    platform: Platform, fact: str, code: str
) -> None:
    assert await platform.hear("agent") == "served"
    shared = parse(platform.programs["agent"].request(context(SYSTEM))[0])["readiness"][fact]
    assert await platform.hear("centre", **{fact: shared}) == code
    assert (await platform.standings())["centre"] is Standing.REFUSED
    assert await platform.hear("agent") == "served"
    assert await platform.hear("centre") == "served"
    assert (await platform.standings())["centre"] is Standing.READY


async def test_containers_on_one_machine_are_one_host_though_their_names_differ(platform: Platform) -> None:
    assert await platform.hear("agent", boot="one kernel") == "served"
    assert await platform.hear("centre", boot="one kernel") == "trustee.same-host"


async def test_an_open_state_file_is_refused_outside_demonstrations(platform: Platform) -> None:
    assert await platform.hear("agent", protected=False) == "trustee.unprotected"


async def test_only_one_body_may_let_a_person_decide(platform: Platform) -> None:
    assert await platform.hear("agent", confirming=True) == "served"
    assert await platform.hear("centre", confirming=True) == "trustee.confirming"
    assert await platform.hear("centre") == "served"


# ---- readiness ------------------------------------------------------------------------------------------------------


async def test_who_was_never_heard_is_not_ready_and_who_was_is(platform: Platform) -> None:
    assert set((await platform.standings()).values()) == {Standing.NEVER}
    for body in BODIES:
        assert await platform.hear(body) == "served"
    assert set((await platform.standings()).values()) == {Standing.READY}


async def test_an_older_program_is_still_served_and_shown_as_telling_nothing(platform: Platform) -> None:
    assert await platform.hear("agent", drop=True) == "served"
    assert (await platform.standings())["agent"] is Standing.SILENT


@pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(hours=-1)])
async def test_a_clock_that_is_an_hour_off_is_turned_away_and_shown(platform: Platform, off: timedelta) -> None:
    assert await platform.hear("agent", at=off) == "trustee.clock"
    assert (await platform.standings())["agent"] is Standing.CLOCK


async def test_a_clock_that_is_some_seconds_off_is_served_but_shown(platform: Platform) -> None:
    assert await platform.hear("agent", at=timedelta(seconds=-20)) == "served"
    assert (await platform.standings())["agent"] is Standing.CLOCK


@pytest.mark.parametrize(
    "changed",
    [{"epoch": 7}, {"machine": 7}, {"version": "x" * 300}, {"administrator": "a\0"}, {"waiting": "1"},
     {"rehearsed_at": "yesterday"}, {"restored_at": "2026-01-01T00:00:00"}, {"format": "readiness/v9"}],
)  # fmt: skip
async def test_a_report_that_makes_no_sense_is_refused(platform: Platform, changed: dict[str, Any]) -> None:
    assert await platform.hear("agent", **changed) == "request.fields"


async def test_rehearsal_restore_and_new_epoch_are_journalled_once(platform: Platform) -> None:
    await platform.hear("agent")
    told = {"rehearsed_at": "2026-11-01T00:00:00+00:00", "restored_at": "2026-11-02T00:00:00+00:00", "epoch": "2031"}
    for _ in range(3):
        assert await platform.hear("agent", **told) == "served"
    for event in (Event.TRUSTEE_REHEARSED, Event.TRUSTEE_RESTORED, Event.EPOCH_BEGUN):
        [line] = await platform.lines(event)
        assert (line.subject, line.facts["epoch"]) == ("agent.example", "2031") and line.salt is not None


async def test_forks_are_shown(platform: Platform) -> None:
    await platform.hear("agent", forks=1)
    assert (await platform.standings())["agent"] is Standing.FORKED


def a_report(**changed: Any) -> TrusteeReport:
    facts = {"unlocked": True, "forks": 0, "confirming": False}
    return TrusteeReport(**{"seen_at": utc_now(), "clock_ms": 0, "refused": None, "facts": facts} | changed)


def test_who_has_not_been_heard_for_a_minute_is_absent() -> None:
    report = a_report()
    assert standing(report, report.seen_at + timedelta(seconds=59)) is Standing.READY
    assert standing(report, report.seen_at + timedelta(seconds=61)) is Standing.ABSENT


def test_a_person_to_be_asked_does_not_count_for_the_quorum() -> None:
    assert reached([Standing.READY, Standing.SILENT, Standing.ABSENT], 2)
    assert not reached([Standing.READY, Standing.CONFIRMING, Standing.ABSENT], 2)


# ---- locked ---------------------------------------------------------------------------------------------------------


async def test_a_locked_program_is_seen_to_be_there(platform: Platform, tmp_path: Path) -> None:
    path = tmp_path / "waits.json"
    program = platform.programs["agent"]
    keeping.save(path, program.state)
    said, headers = locked.locked_request(path, program.host, context(SYSTEM))
    assert await platform.say(said, headers["trustee-signature"]) == "served"
    assert (await platform.standings())["agent"] is Standing.LOCKED
    assert await platform.hear("agent") == "served"
    assert (await platform.standings())["agent"] is Standing.READY


async def test_only_its_own_key_says_that_a_program_is_locked(platform: Platform, tmp_path: Path) -> None:
    path = tmp_path / "waits.json"
    keeping.save(path, platform.programs["agent"].state)
    said, _ = locked.locked_request(path, platform.programs["agent"].host, context(SYSTEM))
    keeping.save(path, platform.programs["centre"].state)
    _, foreign = locked.locked_request(path, platform.programs["centre"].host, context(SYSTEM))
    assert await platform.say(said, foreign["trustee-signature"]) == "trustee.unknown"


async def test_the_key_of_a_locked_program_answers_for_nothing_else(platform: Platform) -> None:
    program = platform.programs["agent"]
    said, _ = program.request(context(SYSTEM))
    forged = sign_ed25519(program.state.beacon, labelled(locked.LOCKED_LABEL, digest(parse(said))))
    assert await platform.say(said, b64(forged)) == "trustee.unknown"


async def test_a_locked_program_goes_on_saying_so_while_the_platform_is_away(tmp_path: Path) -> None:
    program, stop = a_program(tmp_path, "agent"), asyncio.Event()
    saying = asyncio.create_task(locked.report_locked(program.path, "http://127.0.0.1:9", program.host, stop))
    await asyncio.sleep(0.1)
    assert not saying.done()
    stop.set()
    await asyncio.wait_for(saying, 10)


# ---- hosts ----------------------------------------------------------------------------------------------------------


def test_a_machine_is_known_by_a_hash_and_a_missing_name_is_none(tmp_path: Path) -> None:
    name = tmp_path / "machine-id"
    name.write_text("0123456789abcdef0123456789abcdef\n")
    host = readiness.this_host((tmp_path / "none", name), tmp_path / "none")
    assert host.boot is None and host.machine is not None and "0123" not in host.machine
    assert host == readiness.this_host((name,), tmp_path / "none")
