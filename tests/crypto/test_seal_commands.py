"""`openhall seal` and `openhall open`, as a bidder and an opener use them."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sealing_scene import CODE, SECTION, Custody, Stream, changed

from infra.crypto.manifest import check_binding, parse_manifest
from infra.crypto.seal_header import parse_header
from infra.crypto.seal_kit import read_kit
from infra.kernel.canonical import b64
from web.commands.open import command as open_
from web.commands.seal import command as seal

TEXT = Stream("cli")(50_000)


@dataclass
class Desk:
    """A folder with a keyset, a pinned policy, released keys and two files to seal."""

    path: Path
    custody: Custody

    def seal(self, *more: str, out: str = "out") -> Result:
        arguments = ["--keyset", "keyset.json", "--section", SECTION, "--bidder", CODE, "--policy", "policy.txt"]
        parts = ["--part", "technical=technical.pdf", "--part", "commercial=empty.pdf"]
        return self.run(seal, *arguments, *parts, "--out", out, *more)

    def open(self, *more: str, container: str = "out/technical.sealed", keys: str = "13") -> Result:
        released = [word for number in keys for word in ("--key", f"{number}=key{number}")]
        return self.run(open_, container, *released, "--out", "opened", *more)

    def run(self, command: object, *words: str) -> Result:
        return CliRunner().invoke(command, list(words))  # type: ignore[arg-type]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    custody = Custody()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "keyset.json").write_bytes(custody.keyset.encode())
    lines = [f"custodian {name} {b64(key)}\n" for name, key in custody.pinned.items()]
    (tmp_path / "policy.txt").write_text("".join(lines))
    for number, key in custody.private.items():
        (tmp_path / f"key{number}").write_text(b64(key) + "\n")
    (tmp_path / "technical.pdf").write_bytes(TEXT)
    (tmp_path / "empty.pdf").write_bytes(b"")
    return Desk(tmp_path, custody)


def code(result: Result) -> str:
    """The code of a refusal: exit 2, exactly one line on stderr, nothing on stdout."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    line = result.stderr
    assert line.endswith("\n")
    assert line.count("\n") == 1
    return line.partition(": ")[0]


def left(desk: Desk, folder: str = ".") -> set[str]:
    return {path.name for path in (desk.path / folder).iterdir()}


def test_sealing_leaves_containers_manifest_and_kit(desk: Desk) -> None:
    result = desk.seal()
    assert result.exit_code == 0, result.output
    assert left(desk, "out") == {"technical.sealed", "commercial.sealed", "manifest.json", "kit.json"}


def test_what_was_sealed_opens(desk: Desk) -> None:
    desk.seal()
    result = desk.open("--section", SECTION, "--keyset", "keyset.json", "--policy", "policy.txt",
                       "--manifest", "out/manifest.json", "--bidder", CODE)  # fmt: skip
    assert result.exit_code == 0, result.output
    assert (desk.path / "opened").read_bytes() == TEXT


def test_an_empty_file_opens_empty(desk: Desk) -> None:
    desk.seal()
    assert desk.open(container="out/commercial.sealed", keys="12").exit_code == 0
    assert (desk.path / "opened").read_bytes() == b""


def test_the_manifest_is_bound_to_bidder_section_and_keyset(desk: Desk) -> None:
    desk.seal()
    manifest = parse_manifest((desk.path / "out/manifest.json").read_bytes())
    keyset = desk.custody.keyset
    for entry in manifest.parts:
        header = parse_header((desk.path / f"out/{entry.part}.sealed").read_bytes())
        check_binding(header, manifest, SECTION, CODE, keyset.digest, keyset.deadline)
        assert entry.size == (desk.path / f"out/{entry.part}.sealed").stat().st_size


def test_sealing_tells_progress_in_megabytes_a_second(desk: Desk) -> None:
    assert "MB/s" in desk.seal().stderr


def test_signers_not_pinned_and_an_open_kit_are_warned_of(desk: Desk) -> None:
    result = desk.run(seal, "--keyset", "keyset.json", "--section", SECTION, "--bidder", CODE,
                      "--part", "a=empty.pdf", "--out", "out")  # fmt: skip
    assert result.exit_code == 0
    assert result.stderr.count("warning: ") == 2


def test_the_kit_holds_the_salts(desk: Desk) -> None:
    desk.seal()
    kit = read_kit((desk.path / "out/kit.json").read_bytes())
    manifest = parse_manifest((desk.path / "out/manifest.json").read_bytes())
    assert (kit.manifest, kit.bidder_salt, kit.factor) == (manifest.digest, manifest.bidder_salt, None)
    assert set(kit.commit_salts) == {"technical", "commercial"}
    assert (desk.path / "out/kit.json").stat().st_mode & 0o077 == 0


def test_a_bid_with_a_factor_opens_with_the_kit_or_the_key(desk: Desk) -> None:
    (desk.path / "pass").write_text("correct horse\n")
    desk.seal("--bidder-factor", "--kit-passphrase-file", "pass")
    assert desk.open("--bidder-key", "out/kit.json", "--kit-passphrase-file", "pass").exit_code == 0
    factor = read_kit((desk.path / "out/kit.json").read_bytes(), b"correct horse").factor
    assert factor is not None
    (desk.path / "B").write_text(b64(factor) + "\n")
    assert desk.open("--bidder-key", "B").exit_code == 0
    (desk.path / "B").write_text(b64(bytes(32)))
    assert code(desk.open("--bidder-key", "B")) == "commitment"
    assert code(desk.open()) == "bidder"


def test_a_locked_kit_tells_nothing_without_its_passphrase(desk: Desk) -> None:
    (desk.path / "pass").write_text("correct horse\n")
    (desk.path / "other").write_text("wrong horse\n")
    desk.seal("--bidder-factor", "--kit-passphrase-file", "pass")
    assert CODE not in (desk.path / "out/kit.json").read_text()
    assert code(desk.open("--bidder-key", "out/kit.json")) == "kit.passphrase"
    assert code(desk.open("--bidder-key", "out/kit.json", "--kit-passphrase-file", "other")) == "kit.passphrase"


def test_a_factor_that_nobody_asks_for_is_refused(desk: Desk) -> None:
    desk.seal()
    (desk.path / "B").write_text(b64(bytes(32)))
    assert code(desk.open("--bidder-key", "B")) == "bidder"


def damage(desk: Desk, at: int, name: str = "out/technical.sealed") -> None:
    data = bytearray((desk.path / name).read_bytes())
    data[at] ^= 1
    (desk.path / name).write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("at", "expected"), [(-1, "chunk"), (-20000, "chunk"), (0, "version"), (-50_100, "commitment")]
)
def test_a_damaged_container_leaves_no_output(desk: Desk, at: int, expected: str) -> None:
    desk.seal()
    before = left(desk)
    damage(desk, at)
    assert code(desk.open()) == expected
    assert left(desk) == before


@pytest.mark.parametrize(
    ("more", "keys", "expected"),
    [
        ([], "1", "too-few"),
        ([], "", "too-few"),
        (["--key", "9=key2"], "1", "key"),
        (["--key", "1=key1"], "1", "key"),
        (["--key", "x=key1"], "1", "key"),
        (["--key", "3=key2"], "1", "wrap"),
        (["--key", "3=key2", "--keyset", "keyset.json"], "1", "key"),
        (["--key", "3=technical.pdf"], "1", "base64"),
        (["--key", "3=nowhere"], "1", "file"),
        (["--section", "YH-2026-001/S2"], "13", "section"),
        (["--keyset", "technical.pdf"], "13", "keyset"),
        (["--manifest", "keyset.json"], "13", "manifest"),
    ],
)
def test_an_opening_without_the_right_things_is_refused(desk: Desk, more: list[str], keys: str, expected: str) -> None:
    desk.seal()
    assert code(desk.open(*more, keys=keys)) == expected
    assert not (desk.path / "opened").exists()


def test_a_keyset_other_than_the_headers_is_refused(desk: Desk) -> None:
    desk.seal()
    other = desk.custody.sign(changed(desk.custody.keyset, deadline="2026-12-02T01:30:00Z"))
    (desk.path / "other.json").write_bytes(other.encode())
    assert code(desk.open("--keyset", "other.json")) == "keyset"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("bidder_salt", b64(bytes(32)), "bidder"),
        ("section", "YH-2026-001/S2", "section"),
        ("round", "2", "section"),
    ],
)
def test_a_manifest_that_does_not_bind_is_refused(desk: Desk, field: str, value: str, expected: str) -> None:
    desk.seal()
    path = desk.path / "out/manifest.json"
    path.write_bytes(path.read_bytes().replace(*pair(path, field, value)))
    assert code(desk.open("--manifest", "out/manifest.json", "--bidder", CODE)) == expected


def pair(path: Path, field: str, value: str) -> tuple[bytes, bytes]:
    old = json.loads(path.read_bytes())[field]
    return f'"{field}":"{old}"'.encode(), f'"{field}":"{value}"'.encode()


@pytest.mark.parametrize(("field", "expected"), [("root", "commitment"), ("commit", "commitment")])
def test_a_container_that_the_manifest_does_not_list_leaves_no_output(desk: Desk, field: str, expected: str) -> None:
    desk.seal()
    path = desk.path / "out/manifest.json"
    listed = json.loads(path.read_bytes())["parts"][1][field]
    path.write_bytes(path.read_bytes().replace(listed.encode(), b64(bytes(32)).encode()))
    assert code(desk.open("--manifest", "out/manifest.json")) == expected
    assert not (desk.path / "opened").exists()


def test_the_manifest_tells_a_cut_container_from_a_damaged_one(desk: Desk) -> None:
    desk.seal()
    path = desk.path / "out/technical.sealed"
    whole = path.read_bytes()
    path.write_bytes(whole[:-5000])
    assert code(desk.open("--manifest", "out/manifest.json")) == "truncated"
    path.write_bytes(whole + b"x")
    assert code(desk.open("--manifest", "out/manifest.json")) == "extended"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--section", "YH-2026-001/S2"], "section"),
        (["--round", "2"], "section"),
        (["--bidder", "no such code"], "bidder"),
        (["--part", "Technical=technical.pdf"], "section"),
        (["--part", "technical=empty.pdf"], "section"),
        (["--part", "price"], "section"),
        (["--part", "price=nowhere.pdf"], "file"),
        (["--keyset", "nowhere.json"], "file"),
        (["--keyset", "technical.pdf"], "keyset"),
        (["--policy", "empty.pdf"], "keyset"),
        (["--kit-passphrase-file", "empty.pdf"], "kit.passphrase"),
    ],
)
def test_sealing_with_something_wrong_leaves_nothing(desk: Desk, words: list[str], expected: str) -> None:
    assert code(desk.seal(*words)) == expected
    assert not (desk.path / "out").exists()


def test_an_earlier_bids_kit_is_never_overwritten(desk: Desk) -> None:
    desk.seal()
    kit = (desk.path / "out/kit.json").read_bytes()
    assert code(desk.seal()) == "file"
    assert (desk.path / "out/kit.json").read_bytes() == kit


@contextmanager
def little_space() -> Iterator[None]:
    """No file may grow beyond 10,000 bytes, as on a disk that is nearly full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_told_and_leaves_nothing(desk: Desk) -> None:
    with little_space():
        result = desk.seal()
    assert code(result) == "file"
    assert "technical.sealed" in result.stderr
    assert left(desk, "out") == set()


def test_a_full_disk_leaves_no_opened_file(desk: Desk) -> None:
    desk.seal()
    before = left(desk)
    with little_space():
        result = desk.open()
    assert code(result) == "file"
    assert left(desk) == before


def test_a_folder_that_is_not_there_is_told(desk: Desk) -> None:
    desk.seal()
    result = desk.run(open_, "out/technical.sealed", "--key", "1=key1", "--key", "2=key2", "--out", "nowhere/opened")
    assert code(result) == "file"


def test_a_container_that_is_not_there_is_told(desk: Desk) -> None:
    assert code(desk.open(container="nowhere.sealed")) == "file"


def test_the_program_itself_ends_with_2_on_a_refusal(desk: Desk) -> None:
    desk.seal()
    program = "from web.cli import main; main()"
    words = ["open", "out/technical.sealed", "--key", "1=key1", "--out", "opened"]
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=desk.path,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stderr.partition(": ")[0], ended.stdout) == (2, "too-few", "")
