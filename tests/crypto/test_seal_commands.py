"""`openhall seal` and `openhall open`, as a bidder and an opener use them."""

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sealing_desk import TEXT, Desk, a_desk, code, left
from sealing_scene import CODE, SECTION, Custody, changed

from infra.crypto.manifest import check_binding, parse_manifest
from infra.crypto.seal_header import parse_header
from infra.crypto.seal_kit import read_kit
from infra.crypto.seal_suite import SM2
from infra.kernel.canonical import b64
from web.commands.open import command as open_
from web.commands.seal import command as seal


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return a_desk(tmp_path)


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


def test_a_full_device_is_told(desk: Desk) -> None:
    desk.seal()
    result = desk.run(open_, "out/technical.sealed", "--key", "1=key1", "--key", "2=key2", "--out", "/dev/full")
    assert code(result) == "file"
    assert "/dev/full" in result.stderr


def test_a_bid_for_the_second_round_needs_the_keyset_of_the_second_round(desk: Desk) -> None:
    second = Custody(round_="2", suite=SM2, event="technical.locked")
    (desk.path / "keyset.json").write_bytes(second.keyset.encode())
    assert code(desk.seal("--round", "1")) == "section"
    assert desk.seal("--round", "2").exit_code == 0
    for number, key in second.private.items():
        (desk.path / f"second{number}").write_text(b64(key))
    assert code(desk.open()) == "wrap"
    assert code(desk.open("--keyset", "keyset.json")) == "key"
    words = ["--key", "1=second1", "--key", "3=second3", "--keyset", "keyset.json"]
    assert code(desk.open(*words, "--round", "1", keys="")) == "section"
    assert desk.open(*words, "--round", "2", "--section", SECTION, keys="").exit_code == 0
    assert (desk.path / "opened").read_bytes() == TEXT


def test_a_folder_that_is_not_there_is_told(desk: Desk) -> None:
    desk.seal()
    result = desk.run(open_, "out/technical.sealed", "--key", "1=key1", "--key", "2=key2", "--out", "nowhere/opened")
    assert code(result) == "file"


def test_a_container_that_is_not_there_is_told(desk: Desk) -> None:
    assert code(desk.open(container="nowhere.sealed")) == "file"
