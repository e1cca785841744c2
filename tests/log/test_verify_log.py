"""`openhall verify log`: whoever walks a log finds out when it was cut, changed, rolled back or forked."""

import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import pytest_asyncio
from click.testing import CliRunner, Result
from portal import served
from scenes import Hall, a_hall
from shaky_server import shaky

from infra.crypto.merkle import leaf_hash, root
from infra.edge import random_bytes
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import canonical, read
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.objects import Objects
from infra.tlog import sequencer, walk
from infra.tlog.checkpoint import Checkpoint
from infra.tlog.cosignature import cosign
from infra.tlog.memory import read_memory
from infra.tlog.note import COSIGNATURE, ED25519, SignerKey, format_note, sign
from infra.tlog.policy import Policy, format_policy
from infra.tlog.tiles import ENTRIES, Tile, bundle, parse_bundle, tiles_of
from web.commands.log import mirror
from web.commands.verify import command
from web.wiring import log_keys

NOW = timedelta(0)


@dataclass
class Mirrors:
    """One log as two static folders: as it was, and as it is some hundred leaves later; and its policy."""

    hall: Hall
    before: Path
    after: Path
    policy: Path


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mirrors(
    postgres: EmbeddedPostgres, template: str, objects: Objects, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Mirrors]:
    folder = tmp_path_factory.mktemp("mirrors")
    async with a_hall(postgres, template, objects, bidders=0) as hall:
        found = Mirrors(hall, folder / "before", folder / "after", folder / "policy.txt")
        await grow(hall, 3, 70, 0)
        await mirror(hall.stack, found.before)
        await grow(hall, 40, 0, 100, 1)
        await mirror(hall.stack, found.after)
        shutil.copy(found.after / "policy.txt", found.policy)
        yield found


async def grow(hall: Hall, *batches: int) -> None:
    """A beat for each batch, every one in a period of its own, all co-signed."""
    for count in batches:
        async with hall.database.work(SYSTEM) as work:
            for number in range(count):
                work.record(Event.NOTICE_PUBLISHED, f"notice-{number}", n=number)
        await sequencer.beat(hall.database, replace(log_keys(hall.stack), period=NOW))
        await hall.poll_all()
    await hall.poll_all()


def verify(source: object, *options: object) -> Result:
    return CliRunner().invoke(command, ["log", str(source), *map(str, options)])


def judged(mirrors: Mirrors, source: object, *options: object) -> Result:
    return verify(source, "--policy", mirrors.policy, *options)


@pytest.fixture
def copy(mirrors: Mirrors, tmp_path: Path) -> Path:
    return Path(shutil.copytree(mirrors.after, tmp_path / "copy"))


def figures(result: Result) -> dict[str, object]:
    found: dict[str, object] = json.loads(result.stdout)
    return found


# ---- a log that holds -----------------------------------------------------------------------------------------------


def test_a_whole_mirror_holds_and_every_leaf_of_an_opened_period_is_told_apart(mirrors: Mirrors) -> None:
    result = judged(mirrors, mirrors.after, "--json")
    told = figures(result)
    assert result.exit_code == 0 and told["result"] == "holds" and told["size"] == told["walked"]
    leaves = told["leaves"]
    assert isinstance(leaves, dict) and sum(leaves.values()) == told["size"]
    assert told["periods"] >= 4 and leaves["dummies"] > 100 and leaves["shown"] > 100 and leaves["hidden"] == 4


def test_without_a_policy_from_elsewhere_it_is_integrity_only(mirrors: Mirrors) -> None:
    result = verify(mirrors.after)
    assert result.exit_code == 3 and "integrity only" in result.stdout


def test_the_next_run_goes_on_from_what_was_remembered(mirrors: Mirrors, tmp_path: Path) -> None:
    memory = tmp_path / "memory.json"
    first = figures(judged(mirrors, mirrors.before, "--remember", memory, "--json"))
    second = figures(judged(mirrors, mirrors.after, "--remember", memory, "--json"))
    third = figures(judged(mirrors, mirrors.after, "--remember", memory, "--json"))
    assert second["since"] == first["size"] and second["walked"] < second["size"]
    assert third["walked"] <= 256 and third["leaves"] == second["leaves"]
    assert second["leaves"] == figures(judged(mirrors, mirrors.after, "--json"))["leaves"]


def test_a_walk_that_was_broken_off_goes_on_where_it_was(mirrors: Mirrors, copy: Path, tmp_path: Path) -> None:
    memory = tmp_path / "memory.json"
    missing = copy / "tile/entries/002"
    missing.rename(tmp_path / "kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "KEPT_EVERY", 1)
        assert judged(mirrors, copy, "--remember", memory).exit_code == 1
    assert read_memory(memory.read_bytes()).place.size == 512
    (tmp_path / "kept").rename(missing)
    assert judged(mirrors, copy, "--remember", memory, "--json").exit_code == 0


def test_the_log_as_it_is_served_holds_too(mirrors: Mirrors, tmp_path: Path) -> None:
    address = mirrors.hall.stack.settings.database
    assert address is not None
    with served(address, keys=mirrors.hall.keys) as origin:
        assert figures(judged(mirrors, f"{origin}/log", "--json"))["result"] == "holds"


# ---- a log that does not --------------------------------------------------------------------------------------------


def cut(folder: Path) -> None:
    (folder / "tile/entries/001").unlink()


def cut_in_the_middle(folder: Path) -> None:
    data = (folder / "tile/0/001").read_bytes()
    (folder / "tile/0/001").write_bytes(data[:-32])


def changed_entry(folder: Path) -> None:
    change(folder / "tile/entries/001", 40)


def changed_hash(folder: Path) -> None:
    change(folder / "tile/0/000", 40)


def changed_both(folder: Path) -> None:
    last = next((folder / "tile/entries").rglob("*.p/*"))
    change(last, 40)
    hashes = folder / "tile/0" / last.relative_to(folder / "tile/entries")
    hashes.write_bytes(b"".join(map(leaf_hash, parse_bundle(last.read_bytes()))))


def changed_above(folder: Path) -> None:
    change(next((folder / "tile/1").rglob("*.p/*")), 5)


def changed_checkpoint(folder: Path) -> None:
    note = (folder / "checkpoint").read_text()
    lines = note.split("\n")
    (folder / "checkpoint").write_text("\n".join([lines[0], str(int(lines[1]) - 8), *lines[2:]]))


def a_stranger_signs(folder: Path) -> None:
    note = (folder / "checkpoint").read_text()
    (folder / "checkpoint").write_text(note + note.strip().split("\n")[-1].replace("— ", "— un") + "\n")


def no_cosigners(folder: Path) -> None:
    lines = (folder / "checkpoint").read_text().splitlines(keepends=True)
    (folder / "checkpoint").write_text("".join(lines[:5]))


def another_key(folder: Path) -> None:
    edit(folder, lambda rows: next(row for row in rows if row["key"]).update(key="A" * 43 + "="))


def another_beginning(folder: Path) -> None:
    edit(folder, lambda rows: rows[1].update(begun=rows[2]["begun"]))


def a_gap_between_periods(folder: Path) -> None:
    edit(folder, lambda rows: rows.pop(0))


def an_event_that_is_not_there(folder: Path) -> None:
    file = folder / "events/001.json"
    rows = read(file.read_bytes())
    rows[0]["event"] = rows[0]["event"].replace("notice.published", "notice.imported")
    file.write_bytes(canonical(rows))


def change(file: Path, at: int) -> None:
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(bytes(data))


def edit(folder: Path, how: Callable[[list[dict[str, object]]], object]) -> None:
    rows = read((folder / "periods.json").read_bytes())
    how(rows)
    (folder / "periods.json").write_bytes(canonical(rows))


FORGERIES = {
    cut: "log.file-missing",
    cut_in_the_middle: "tile.size",
    changed_entry: "log.tile-differs",
    changed_hash: "log.tile-differs",
    changed_both: "log.root",
    changed_above: "log.tile-differs",
    changed_checkpoint: "log.signature",
    a_stranger_signs: "log.unknown-key",
    no_cosigners: "log.quorum",
    another_key: "log.period-key",
    another_beginning: "log.periods",
    a_gap_between_periods: "log.periods",
    an_event_that_is_not_there: "log.disclosed",
}


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_mirror_is_refused(mirrors: Mirrors, copy: Path, forge: Callable[[Path], None]) -> None:
    forge(copy)
    result = judged(mirrors, copy)
    assert (result.exit_code, result.stderr.split(":")[0]) == (1, FORGERIES[forge]), result.output


def test_a_withheld_event_is_counted_as_one_that_is_not_public(mirrors: Mirrors, copy: Path) -> None:
    (copy / "events/001.json").unlink()
    leaves = figures(judged(mirrors, copy, "--json"))["leaves"]
    assert isinstance(leaves, dict) and leaves["hidden"] > 0


def test_a_log_that_became_shorter_is_refused_with_both_notes(mirrors: Mirrors, tmp_path: Path) -> None:
    memory = tmp_path / "memory.json"
    assert judged(mirrors, mirrors.after, "--remember", memory).exit_code == 0
    result = judged(mirrors, mirrors.before, "--remember", memory)
    assert result.exit_code == 1 and result.stderr.startswith("log.rolled-back")
    for folder in (mirrors.before, mirrors.after):
        assert (folder / "checkpoint").read_text() in result.stdout


def entries(count: int, mark: str = "") -> list[bytes]:
    return [sha256(f"{mark}{number}".encode()).digest() for number in range(count)]


@dataclass
class Own:
    """A log whose keys a test holds: it can show what it likes."""

    folder: Path

    def __post_init__(self) -> None:
        self.log = SignerKey("own.example/log", ED25519, random_bytes(32))
        self.witness = SignerKey("witness.example", COSIGNATURE, random_bytes(32))
        self.policy = self.folder / "policy.txt"
        known = Policy(self.log.verifier, {"witness": self.witness.verifier}, {}, "witness")
        self.policy.write_text(format_policy(known))

    def show(self, name: str, leaves: list[bytes]) -> Path:
        """A mirror of these entries under a checkpoint that log and witness have signed."""
        folder = self.folder / name
        size, hashes = len(leaves), list(map(leaf_hash, leaves))
        levels = [hashes]
        while len(levels[-1]) >= 256:
            row = levels[-1]
            levels.append([root(row[at : at + 256]) for at in range(0, len(row) // 256 * 256, 256)])
        for tile in tiles_of(size):
            low = tile.index * 256
            self._write(folder / tile.path, b"".join(levels[tile.level][low : low + tile.width]))
            if tile.level == 0:
                path = Tile(ENTRIES, tile.index, tile.width).path
                self._write(folder / path, bundle(leaves[low : low + tile.width]))
        text = Checkpoint(self.log.name, size, root(hashes)).text()
        note = format_note(text, [sign(text, self.log), cosign(text, self.witness, 1_700_000_000)])
        self._write(folder / "checkpoint", note.encode())
        return folder

    def _write(self, file: Path, data: bytes) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


@pytest.fixture
def own(tmp_path: Path) -> Own:
    return Own(tmp_path)


@pytest.mark.parametrize("grown", [600, 601, 1000])
def test_a_fork_is_refused_and_both_notes_convict_the_log(own: Own, grown: int) -> None:
    memory = own.folder / "memory"
    kept = own.show("kept", entries(600))
    assert verify(kept, "--policy", own.policy, "--remember", memory).exit_code == 0
    shown = own.show("shown", [*entries(400), *entries(grown - 400, "other")])
    result = verify(shown, "--policy", own.policy, "--remember", memory)
    assert result.exit_code == 1 and result.stderr.startswith("log.fork"), result.output
    assert all((folder / "checkpoint").read_text() in result.stdout for folder in (kept, shown))
    assert verify(kept, "--policy", own.policy, "--remember", memory).exit_code == 0


@pytest.mark.parametrize(("first", "then"), [(1, 2), (255, 256), (256, 257), (600, 600), (511, 70_000)])
def test_a_log_that_only_grew_is_held_to_what_was_remembered(own: Own, first: int, then: int) -> None:
    memory = own.folder / "memory"
    for name, size in (("first", first), ("then", then)):
        result = verify(own.show(name, entries(size)), "--policy", own.policy, "--remember", memory)
        assert result.exit_code == 0, result.output


def test_a_damaged_mirror_is_not_taken_for_a_fork(own: Own) -> None:
    memory = own.folder / "memory"
    assert verify(own.show("log", entries(300)), "--policy", own.policy, "--remember", memory).exit_code == 0
    grown = own.show("grown", entries(900))
    change(grown / "tile/entries/002", 40)
    result = verify(grown, "--policy", own.policy, "--remember", memory)
    assert result.exit_code == 1 and result.stderr.startswith("log.tile-differs")
    assert verify(own.show("mended", entries(900)), "--policy", own.policy, "--remember", memory).exit_code == 0


# ---- servers that misbehave -----------------------------------------------------------------------------------------


@pytest.fixture
def site(mirrors: Mirrors) -> Iterator[Callable[[str], str]]:
    """The mirror at an address; asked for the way it misbehaves on `tile/0/001`."""
    with shaky(mirrors.after) as address:
        yield address


def test_a_static_server_serves_the_mirror(mirrors: Mirrors, site: Callable[[str], str]) -> None:
    assert judged(mirrors, site("well")).exit_code == 0


@pytest.mark.parametrize("manner", ["stalls", "drips", "never-ends", "refuses", "redirects", "breaks"])
def test_a_server_that_misbehaves_ends_the_walk_and_not_the_patience(
    mirrors: Mirrors, site: Callable[[str], str], manner: str
) -> None:
    result = judged(mirrors, site(manner), "--patience", 0.3)
    assert result.exit_code in (1, 2) and result.stderr.startswith("log.source"), result.output


def test_a_server_that_is_asked_too_often_is_given_a_pause(mirrors: Mirrors, site: Callable[[str], str]) -> None:
    assert judged(mirrors, site("busy-once")).exit_code == 0


def test_what_a_server_says_cannot_steer_the_terminal(mirrors: Mirrors, copy: Path) -> None:
    note = (copy / "checkpoint").read_text()
    (copy / "checkpoint").write_text(note.replace(note.split("\n")[0], "\u009b31mevil\u202e"))
    result = judged(mirrors, copy)
    assert result.exit_code == 1 and "\u009b" not in result.output and "\u202e" not in result.output


@pytest.mark.parametrize("source", ["no-such-folder", "ftp://log.example", "http://127.0.0.1:9"])
def test_a_source_that_cannot_be_read_is_no_verdict(mirrors: Mirrors, source: str) -> None:
    result = judged(mirrors, source, "--patience", 0.2)
    assert result.exit_code == 2 and result.stderr.startswith("log.source")


def test_a_place_without_a_checkpoint_is_no_log(mirrors: Mirrors, tmp_path: Path) -> None:
    result = judged(mirrors, tmp_path)
    assert result.exit_code == 2 and result.stderr.startswith("log.source")


@pytest.mark.parametrize("content", [b"", b"{}", b'{"format":"log-memory/v2"}', b"[]"])
def test_a_damaged_memory_is_refused(mirrors: Mirrors, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "memory").write_bytes(content)
    result = judged(mirrors, mirrors.after, "--remember", tmp_path / "memory")
    assert result.exit_code == 2 and result.stderr.startswith("log.memory")


def test_the_memory_of_another_log_is_refused(mirrors: Mirrors, tmp_path: Path) -> None:
    memory = tmp_path / "memory.json"
    judged(mirrors, mirrors.after, "--remember", memory)
    memory.write_bytes(canonical({**read(memory.read_bytes()), "log": "other"}))
    assert judged(mirrors, mirrors.after, "--remember", memory).exit_code == 2
