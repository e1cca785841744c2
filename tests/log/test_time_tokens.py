"""Time tokens (RFC 3161): asked for over the checkpoints that matter, kept only if they hold, shown and verified."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from click.testing import CliRunner
from scenes import Hall, a_hall
from sqlalchemy import select, update
from time_stamper import TimeStamper, founded, serving

from infra.auth.keys import PlatformKeys
from infra.auth.time_stamps import read_anchors
from infra.custody.policy import published_policy
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import unb64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from infra.settings import Settings
from infra.tlog import checkpoint, stamping
from infra.tlog.note import ED25519, SignerKey, format_note, sign
from infra.tlog.policy import Policy, format_policy, parse_policy
from infra.tlog.proof import parse_proof, verify_proof
from infra.tlog.pruning import prune
from infra.tlog.stamping import TimeStampAuthority, authorities
from infra.tlog.tables import Checkpoint, TimeToken
from infra.tlog.time_tokens import ask, check_token, stamped, time_of
from trading.archive.members import time_tokens
from web.commands.log import mirror
from web.commands.verify import command
from web.wiring import LOG_NAME

NAME = "tsa.example"
LOG_KEY = SignerKey("own.example/log", ED25519, bytes(32))
POLICY = Policy(LOG_KEY.verifier)
HEAD = checkpoint.Checkpoint(LOG_KEY.name, 1, bytes(32)).text()
HEAD_NOTE = format_note(HEAD, [sign(HEAD, LOG_KEY)])


@dataclass
class Scene:
    """A hall whose checkpoints a time-stamp authority of our own may stamp."""

    hall: Hall
    stamper: TimeStamper

    @property
    def authority(self) -> TimeStampAuthority:
        return TimeStampAuthority(self.stamper.url, self.hall.keys.time_stamps[NAME])

    async def stamp(self) -> bool:
        async with httpx.AsyncClient(trust_env=False) as http:
            return await stamping.stamp(self.hall.database, http, NAME, self.authority)

    async def beat(self, *events: Event) -> None:
        async with self.hall.database.work(SYSTEM) as work:
            for event in events:
                work.record(event, "subject", section="YH-T-9/01")
        await self.hall.beat()
        await self.hall.poll_all()
        await self.hall.poll_all()

    async def tokens(self) -> list[TimeToken]:
        async with self.hall.database.reading() as session:
            return list((await session.execute(select(TimeToken).order_by(TimeToken.size))).scalars())


@pytest.fixture(scope="module")
def stamper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeStamper]:
    with serving(founded(tmp_path_factory.mktemp("authority") / "one")) as found:
        yield found


@pytest_asyncio.fixture
async def scene(
    postgres: EmbeddedPostgres, template: str, objects: Objects, stamper: TimeStamper
) -> AsyncIterator[Scene]:
    stamper.manner = "well"
    async with a_hall(postgres, template, objects, bidders=0) as hall:
        folder = hall.stack.settings.time_stamp_folder
        folder.mkdir()
        shutil.copy(stamper.root, folder / f"{NAME}.pem")
        object.__setattr__(hall.stack, "keys", PlatformKeys.load_or_create(hall.folder))
        yield Scene(hall, stamper)


async def test_the_checkpoint_above_a_bound_event_is_stamped_and_no_other(scene: Scene) -> None:
    await scene.beat()
    assert await scene.stamp()
    await scene.beat(Event.NOTICE_PUBLISHED)
    assert not await scene.stamp()
    for event in (Event.SECTION_CLOSED, Event.DRAW_FROZEN, Event.DRAW_REVEALED, Event.MARKS_PUBLISHED):
        await scene.beat(event)
        assert await scene.stamp()
        assert not await scene.stamp()
    assert len(await scene.tokens()) == 5


@pytest.mark.soak
async def test_an_idle_log_is_stamped_once_an_hour(scene: Scene) -> None:
    await scene.beat()
    assert await scene.stamp()
    await scene.beat()
    assert not await scene.stamp()
    async with scene.hall.database.work(SYSTEM) as work:
        await work.session.execute(update(TimeToken).values(at=TimeToken.at - timedelta(hours=1)))
    assert await scene.stamp()


async def test_a_checkpoint_without_a_quorum_is_not_stamped(scene: Scene) -> None:
    await scene.hall.beat()
    assert not await scene.stamp()


async def test_a_kept_token_is_over_its_checkpoint_whatever_cosignatures_come(scene: Scene) -> None:
    await scene.beat()
    await scene.stamp()
    [token] = await scene.tokens()
    async with await scene.hall.client() as client:
        note = (await client.get(f"/log/checkpoints/{token.size}")).content
        served = await client.get(f"/log/tokens/{token.size}.{NAME}.tsr")
    content = stamped(note, note.partition(b"\n")[0].decode())
    whose, at = check_token(served.content, content, scene.hall.keys.time_stamps)
    assert (whose, at) == (NAME, token.at) and abs(datetime.now(UTC) - at) < timedelta(minutes=1)
    assert served.headers["content-type"] == "application/timestamp-reply" and time_of(token.token) == at


@pytest.mark.soak
async def test_a_stamped_checkpoint_is_never_pruned(scene: Scene) -> None:
    for _ in range(3):
        await scene.beat()
        await scene.stamp()
        async with scene.hall.database.work(SYSTEM) as work:
            await work.session.execute(update(TimeToken).values(at=TimeToken.at - timedelta(hours=1)))
    async with scene.hall.database.work(SYSTEM) as work:
        await prune(work, timedelta(0))
    async with scene.hall.database.reading() as session:
        kept = set((await session.execute(select(Checkpoint.size))).scalars())
    assert {token.size for token in await scene.tokens()} <= kept


@pytest.mark.parametrize("manner", ["down", "nonsense"])
@pytest.mark.soak
async def test_an_authority_that_fails_stops_neither_log_nor_worker(scene: Scene, manner: str) -> None:
    scene.stamper.manner = manner
    await scene.beat(Event.SECTION_CLOSED)
    with pytest.raises((httpx.HTTPError, Problem)):
        await scene.stamp()
    stop = asyncio.Event()
    running = asyncio.create_task(stamping.run_forever(scene.hall.database, {NAME: scene.authority}, stop))
    await scene.beat(Event.SECTION_CLOSED)
    await asyncio.sleep(0.05)
    assert not running.done()
    stop.set()
    await running
    assert await scene.tokens() == []


async def test_a_token_under_another_root_is_not_kept(scene: Scene, tmp_path: Path) -> None:
    other = founded(tmp_path / "other")
    anchor = read_anchors(_as(tmp_path / "anchors", other))[NAME]
    await scene.beat(Event.SECTION_CLOSED)
    async with httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(Problem, match=r"log\.time-token"):
            await stamping.stamp(scene.hall.database, http, NAME, TimeStampAuthority(scene.stamper.url, anchor))
    assert await scene.tokens() == []


def _as(folder: Path, stamper: TimeStamper) -> Path:
    folder.mkdir()
    shutil.copy(stamper.root, folder / f"{NAME}.pem")
    return folder


# ---- verify log -----------------------------------------------------------------------------------------------------


@pytest.mark.soak
async def test_the_walk_checks_every_token_by_the_policys_authorities(scene: Scene, tmp_path: Path) -> None:
    for events in ((), (Event.SECTION_CLOSED,), (Event.DRAW_FROZEN,)):
        await scene.beat(*events)
        await scene.stamp()
    folder = tmp_path / "mirror"
    await mirror(scene.hall.stack, folder)
    policy = folder / "policy.txt"
    told = CliRunner().invoke(command, ["log", str(folder), "--policy", str(policy), "--json"])
    assert told.exit_code == 0 and [one["name"] for one in json.loads(told.stdout)["tokens"]] == [NAME] * 3
    first, second, _ = sorted((folder / "tokens").iterdir(), key=lambda one: int(one.name.split(".")[0]))
    shutil.copy(first, second)
    swapped = CliRunner().invoke(command, ["log", str(folder), "--policy", str(policy)])
    assert swapped.exit_code == 1 and swapped.stderr.startswith("log.time-token")
    without = format_policy(parse_policy("\n".join(_lines_but_timestamps(policy)) + "\n"))
    policy.write_text(without)
    assert CliRunner().invoke(command, ["log", str(folder), "--policy", str(policy)]).exit_code == 0


def _lines_but_timestamps(policy: Path) -> list[str]:
    return [line for line in policy.read_text().splitlines() if not line.startswith("timestamp ")]


@pytest.mark.parametrize(
    "path", ["tokens/8.nobody.tsr", "tokens/0.x.tsr", "checkpoints/9", "checkpoints/0", "tokens/8"]
)
async def test_a_token_or_checkpoint_that_is_not_there_is_unknown(scene: Scene, path: str) -> None:
    await scene.beat()
    async with await scene.hall.client() as client:
        assert (await client.get(f"/log/{path}")).status_code == 404


@pytest.mark.parametrize("at", [0, 10, 40, -1, None])
def test_a_damaged_token_is_refused(stamper: TimeStamper, at: int | None) -> None:
    stamper.manner = "well"
    token = bytearray(stamper.answer(ask(b"content")))
    anchors = {NAME: _anchor(stamper)}
    assert check_token(bytes(token), b"content", anchors)[0] == NAME
    if at is not None:
        token[at] ^= 0xFF
    with pytest.raises(Problem, match=r"log\.time-token"):
        check_token(bytes(token), b"content" if at is not None else b"other", anchors)


def _anchor(stamper: TimeStamper) -> bytes:
    [anchor] = read_anchors(
        stamper.folder / "anchors" if (stamper.folder / "anchors").exists() else _anchors(stamper)
    ).values()
    return anchor


def _anchors(stamper: TimeStamper) -> Path:
    return _as(stamper.folder / "anchors", stamper)


def test_a_token_is_nothing_without_an_authority_in_the_policy(stamper: TimeStamper) -> None:
    stamper.manner = "well"
    with pytest.raises(Problem, match=r"log\.time-token"):
        check_token(stamper.answer(ask(b"content")), b"content", {})


# ---- settings -------------------------------------------------------------------------------------------------------


def test_authorities_are_named_in_the_environment() -> None:
    told = Settings.from_environment({"OPENHALL_TIME_STAMP_URL": "a=https://a.example/tsa  b.c=http://b.example"})
    assert told.time_stamps == {"a": "https://a.example/tsa", "b.c": "http://b.example"}


@pytest.mark.parametrize(
    "text", ["https://a.example", "A=https://a.example", "a=ftp://x", "a=", "a=https://x a=https://y"]
)
def test_a_bad_authority_is_refused(text: str) -> None:
    with pytest.raises(Problem, match=r"settings\.bad-time-stamp"):
        Settings.from_environment({"OPENHALL_TIME_STAMP_URL": text})


def test_an_authority_needs_its_root_certificate(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"settings\.bad-time-stamp-file"):
        authorities({"a": "https://a.example"}, {}, tmp_path)
    (tmp_path / "a.pem").write_text("nothing")
    with pytest.raises(Problem, match=r"settings\.bad-time-stamp-file"):
        read_anchors(tmp_path)


async def test_the_evidence_brings_each_bound_events_first_token_with_a_proof_under_its_checkpoint(
    scene: Scene,
) -> None:
    for event in (Event.SECTION_CLOSED, Event.MARKS_PUBLISHED):
        await scene.beat(event)
        await scene.stamp()
    lines = await scene.hall.lines(Event.SECTION_CLOSED, Event.MARKS_PUBLISHED, Event.TRUSTEE_ENROLLED)
    async with scene.hall.database.reading() as session:
        rows = await time_tokens(session, lines)
        policy = parse_policy(await published_policy(session, scene.hall.keys, LOG_NAME))
    bound = [line for line in lines if line.event != Event.TRUSTEE_ENROLLED]
    assert [row["number"] for row in rows] == [line.number for line in bound]
    for row, line in zip(rows, bound, strict=True):
        proof = parse_proof(row["proof"])
        verify_proof(proof, line.entry or b"", policy, strict=True)
        check_token(unb64(row["token"]), stamped(proof.checkpoint, policy.log.name), policy.timestamps)


# ---- the policy's lines -----------------------------------------------------------------------------------------------


def test_a_policy_with_an_authority_reads_back_whole_and_is_the_same_policy_to_others(stamper: TimeStamper) -> None:
    named = replace(POLICY, timestamps={NAME: _anchor(stamper)})
    assert parse_policy(format_policy(named)) == named != POLICY
    assert parse_policy(format_policy(named)).check(HEAD_NOTE) == POLICY.check(HEAD_NOTE)


@pytest.mark.parametrize("anchor", ["", "x", "AAAA", "MAA="])
def test_a_line_that_names_no_certificate_is_refused(anchor: str) -> None:
    with pytest.raises(Problem, match=r"policy\.line"):
        parse_policy(f"{format_policy(POLICY)}timestamp {NAME} {anchor}\n")


def test_one_authority_is_named_once(stamper: TimeStamper) -> None:
    text = format_policy(replace(POLICY, timestamps={NAME: _anchor(stamper)}))
    line = text.splitlines()[-1]
    for again in (line, line.replace(NAME, "other.example")):
        with pytest.raises(Problem, match=r"policy\.line"):
            parse_policy(f"{text}{again}\n")
