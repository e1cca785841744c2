"""A trustee with a time authority of its own: no key of a bid leaves before that authority has stamped the checkpoint."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from forging import DEADLINE, Ground, a_ground, clock, closed
from time_stamper import TimeStamper, founded, serving

from infra.crypto.keyset import Keyset, Release
from infra.custody.reports import report_of
from infra.custody.standing import Standing, reached, standing
from infra.custody.tables import TrusteeReport
from infra.edge import random_bytes, utc_now
from infra.kernel.canonical import b64, parse
from infra.kernel.problems import Problem
from infra.trustee import duties, keeping, releasing
from infra.trustee.program import Program
from infra.trustee.stamps import Stamps, stamps_of
from web.cli import group

PAST = DEADLINE.replace(year=2025)
"""A deadline that a real authority's clock has passed; `DEADLINE` may lie ahead of it."""
AHEAD = DEADLINE.replace(year=2099)


@pytest.fixture(scope="module")
def stamper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeStamper]:
    with serving(founded(tmp_path_factory.mktemp("authority") / "own")) as found:
        yield found


@pytest.fixture
def stamps(stamper: TimeStamper) -> Stamps:
    stamper.manner = "well"
    return stamps_of(stamper.url, stamper.root)


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return a_ground(tmp_path)


def test_status_tells_the_time_authority_that_the_program_was_started_with_or_none(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    state = keeping.create(path, "x.example", "agent", random_bytes)
    pinned = Stamps("https://tsa.example", b"a root").pinned

    def told() -> tuple[str, Any]:
        words = ["trustee", "status", "--state", str(path)]
        shown, as_json = (CliRunner().invoke(group, [*words, *more]).stdout for more in ([], ["--json"]))
        line = next(one for one in shown.splitlines() if one.startswith("time authority"))
        return line.removeprefix("time authority").strip(), json.loads(as_json)["time_authority"]

    assert told() == ("none", {})
    keeping.note_authority(path, state, pinned)
    digest = sha256(b"a root").hexdigest()
    assert told() == (
        f"https://tsa.example (root SHA-256 {digest})",
        {"url": "https://tsa.example", "root_sha256": digest},
    )
    keeping.note_authority(path, keeping.load(path), {})
    assert told() == ("none", {})


def signed(ground: Ground, moment: Any = PAST, event: str = "section.closed") -> Keyset:
    keyset = ground.keyset(deadline=moment.strftime("%Y-%m-%dT%H:%M:%SZ"), release=Release(event, 3))
    duties.sign_keyset(ground.states["agent"], {"document": keyset.encode().decode()})
    return keyset


def asked(ground: Ground, keyset: Keyset, shown: dict[str, Any], stamps: Stamps, after: timedelta) -> str:
    """What the agent's trustee says to being asked for its key."""
    payload = {"keyset": b64(keyset.digest), "document": keyset.encode().decode()}
    try:
        releasing.release(ground.states["agent"], payload, [shown], ground.policy, clock(after), stamps=stamps)
    except Problem as problem:
        return problem.code
    return "released"


async def stamped(stamps: Stamps) -> bool:
    async with httpx.AsyncClient(trust_env=False) as http:
        return await stamps.ask_wanted(http)


YEARS = timedelta(days=30000)


async def test_a_key_waits_for_the_authoritys_token_and_then_leaves(ground: Ground, stamps: Stamps) -> None:
    keyset = signed(ground)
    shown = ground.evidence(closed(keyset))
    assert asked(ground, keyset, shown, stamps, YEARS) == "release.unstamped"
    assert await stamped(stamps)
    assert asked(ground, keyset, shown, stamps, YEARS) == "released"
    assert stamps.standing == "ready"


async def test_a_token_of_before_the_deadline_releases_nothing_whatever_the_other_clocks_say(
    ground: Ground, stamps: Stamps
) -> None:
    keyset = signed(ground, AHEAD)
    shown = ground.evidence(closed(keyset), at=AHEAD)
    assert asked(ground, keyset, shown, stamps, YEARS) == "release.unstamped"
    assert await stamped(stamps)
    assert asked(ground, keyset, shown, stamps, YEARS) == "release.unstamped"


async def test_a_token_over_another_checkpoint_does_not_count(ground: Ground, stamps: Stamps) -> None:
    keyset = signed(ground)
    assert asked(ground, keyset, ground.evidence(closed(keyset)), stamps, YEARS) == "release.unstamped"
    assert await stamped(stamps)
    assert asked(ground, keyset, ground.evidence(closed(keyset)), stamps, YEARS) == "release.unstamped"


@pytest.mark.parametrize("manner", ["nonsense", "down"])
async def test_an_authority_that_gives_no_token_holds_the_key_back_and_is_seen(
    ground: Ground, stamps: Stamps, stamper: TimeStamper, manner: str
) -> None:
    stamper.manner = manner
    keyset = signed(ground)
    shown = ground.evidence(closed(keyset))
    assert asked(ground, keyset, shown, stamps, YEARS) == "release.unstamped"
    assert not await stamped(stamps)
    assert stamps.standing == "silent"
    assert asked(ground, keyset, shown, stamps, YEARS) == "release.unstamped"
    stamper.manner = "well"
    assert await stamped(stamps)
    assert asked(ground, keyset, shown, stamps, YEARS) == "released"


async def test_a_token_of_another_root_does_not_count(ground: Ground, stamper: TimeStamper, tmp_path: Path) -> None:
    other = stamps_of(stamper.url, founded(tmp_path / "other").root)
    keyset = signed(ground)
    assert asked(ground, keyset, ground.evidence(closed(keyset)), other, YEARS) == "release.unstamped"
    assert not await stamped(other) and other.standing == "silent"


async def test_what_does_not_hold_is_refused_before_any_token_is_asked_for(ground: Ground, stamps: Stamps) -> None:
    keyset = signed(ground)
    assert asked(ground, keyset, ground.evidence(closed(keyset, 2)), stamps, YEARS) == "release.minimum"
    assert not await stamped(stamps) and stamps.standing == "unasked"


def test_escrows_of_a_draw_wait_for_no_token(ground: Ground, stamps: Stamps) -> None:
    keyset = signed(ground, event="draw.committed")
    event = closed(keyset, event="draw.committed", facts={"escrows": ["00", "11", "22"]})
    assert asked(ground, keyset, ground.evidence(event), stamps, YEARS) == "released"


async def test_the_program_asks_by_itself_and_answers_when_the_token_is_there(
    ground: Ground, stamps: Stamps, tmp_path: Path
) -> None:
    state, keyset, path = ground.states["agent"], signed(ground), tmp_path / "agent.json"
    keeping.save(path, state)
    program = Program(state, path, lambda *_: None, stamps=stamps)
    payload = {"keyset": b64(keyset.digest), "document": keyset.encode().decode()}
    duty = {"id": "d", "kind": "release", "payload": payload, "evidence": [ground.evidence(closed(keyset))]}
    reply = {"policy": "", "checkpoint": None, "consistency": [], "duties": [duty]}
    assert not program.receive(reply, clock(YEARS)) and program.refused == {"d": "release.unstamped"}
    assert await stamps.run(asyncio.Event())
    assert program.receive(reply, clock(YEARS)) and [one["duty"] for one in program.answers] == ["d"]
    assert parse(program.request(clock())[0])["readiness"]["time_stamp"] == "ready"


def test_a_report_tells_of_the_authority_and_an_older_one_of_none(
    ground: Ground, stamps: Stamps, tmp_path: Path
) -> None:
    program = Program(ground.states["agent"], tmp_path / "agent.json", lambda *_: None)
    told = parse(program.request(clock())[0])
    assert report_of(told)["time_stamp"] is None
    del told["readiness"]["time_stamp"]
    assert report_of(told)["time_stamp"] is None
    with pytest.raises(Problem, match=r"request\.fields"):
        report_of({"readiness": told["readiness"] | {"time_stamp": 1}})


def test_a_trustee_whose_authority_is_silent_does_not_count_for_the_quorum() -> None:
    facts = {"unlocked": True, "forks": 0, "confirming": False, "time_stamp": "silent"}
    now = utc_now()
    report = TrusteeReport(seen_at=now, clock_ms=0, refused=None, facts=facts)
    assert standing(report, now) is Standing.UNSTAMPED
    assert not reached([Standing.READY, Standing.UNSTAMPED], 2)
    report.facts = facts | {"time_stamp": "ready"}
    assert standing(report, now) is Standing.READY


def test_address_and_root_of_the_authority_go_together(tmp_path: Path) -> None:
    words = ["trustee", "serve", "--state", str(tmp_path / "none.json"), "--platform", "http://127.0.0.1:1"]
    result = CliRunner().invoke(group, [*words, "--time-stamp-url", "http://127.0.0.1:1/"])
    assert result.exit_code == 2 and "go together" in result.output


def test_a_root_that_is_no_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_text("nothing")
    with pytest.raises(Problem, match=r"settings\.bad-time-stamp-file"):
        stamps_of("http://127.0.0.1:1/", tmp_path / "root.pem")
