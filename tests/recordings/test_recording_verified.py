"""An export proves itself: each of six tamperings is named, by the file that lies in it, without any library."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from recording_scene import KEY, Told, Watch, a_stream, export

from infra.crypto.sign import ed25519_public, sign_ed25519
from trading.recordings import ledger
from trading.recordings.discs import VERIFIER, read_iso, write_iso, write_zip
from trading.recordings.ed25519 import ed25519_verify
from trading.recordings.verify import BrokenError, Folder, source_of, verify
from web.commands.verify_recording import recording

PARTS, CHAIN = "streams/one", "streams/one/chain.jsonl"


@pytest.fixture(scope="module")
def made(films: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Told]:
    """An export of two streams, and what the platform published."""
    base = tmp_path_factory.mktemp("export")
    watch = Watch()
    spools = [a_stream(base / "spool", name, films / "a.mp4", watch) for name in ("one", "two")]
    published = export(base / "export", spools, [{"about": "gap", "stream": "one", "seq": 6, "words": "停电"}])
    return base / "export", published


@pytest.fixture
def mine(made: tuple[Path, Told], tmp_path: Path) -> Path:
    """A copy to tamper with."""
    shutil.copytree(made[0], tmp_path / "export")
    return tmp_path / "export"


def test_a_whole_export_holds(made: tuple[Path, Told]) -> None:
    steps = list(verify(Folder(made[0]), made[1]))
    assert [step.name for step in steps] == [
        "document",
        "stream",
        "stream",
        "root",
        "reasons",
        "signature",
        "published",
    ]
    assert [step.facts["gaps"] for step in steps if step.name == "stream"] == [1, 1]


def rows(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / CHAIN).read_text("utf-8").splitlines()]


def keep(folder: Path, found: list[dict[str, object]]) -> None:
    (folder / CHAIN).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found), "utf-8")


def part(folder: Path, place: int) -> Path:
    return sorted((folder / PARTS).glob("*.mp4"))[place]


def edit_a_byte(folder: Path) -> None:
    path = part(folder, 1)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def drop_a_row(folder: Path) -> None:
    found = rows(folder)
    place = [row["entry"]["kind"] for row in found].index("segment")
    part(folder, 1).unlink()
    keep(folder, found[:place] + found[place + 1 :])


def swap_segments(folder: Path) -> None:
    one, two = part(folder, 1), part(folder, 2)
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


def swap_rows(folder: Path) -> None:
    found = rows(folder)
    found[2], found[3] = found[3], found[2]
    keep(folder, found)


def remove_the_gap(folder: Path) -> None:
    keep(folder, [row for row in rows(folder) if not str(row["entry"].get("name", "")).startswith("gap-")])


def cut_the_tail(folder: Path) -> None:
    found = rows(folder)
    for row in found[-3:]:
        (folder / PARTS / f"{row['entry']['seq']:012d}.mp4").unlink(missing_ok=True)
    keep(folder, found[:-3])


def say_less(folder: Path) -> None:
    found = rows(folder)
    found[3]["entry"]["wall"] += 1000
    keep(folder, found)


def add_a_part(folder: Path) -> None:
    (folder / PARTS / "000000000099.mp4").write_bytes(b"x")


def lose_a_part(folder: Path) -> None:
    part(folder, 1).unlink()


def forget_a_remark(folder: Path) -> None:
    told = json.loads((folder / "recording.json").read_text("utf-8"))
    told["said"] = []
    (folder / "recording.json").write_text(json.dumps(told), "utf-8")


def sign_anew(folder: Path) -> None:
    told = json.loads((folder / "recording.json").read_text("utf-8"))
    told["closed"] = "2026-11-18T10:00:00Z"
    (folder / "recording.json").write_text(json.dumps(told), "utf-8")


TAMPERINGS: dict[str, Callable[[Path], None]] = {
    "part-changed": edit_a_byte,
    "row-dropped": drop_a_row,
    "parts-swapped": swap_segments,
    "rows-swapped": swap_rows,
    "gap-removed": remove_the_gap,
    "tail-cut": cut_the_tail,
    "row-changed": say_less,
    "part-unlisted": add_a_part,
    "part-missing": lose_a_part,
    "root-differs": forget_a_remark,
    "signature": sign_anew,
}


@pytest.mark.parametrize("code", TAMPERINGS)
def test_each_tampering_is_named(mine: Path, made: tuple[Path, Told], code: str) -> None:
    TAMPERINGS[code](mine)
    with pytest.raises(BrokenError, match=code):
        list(verify(Folder(mine), made[1]))


def rebuilt(films: Path, folder: Path, key: bytes, streams: tuple[str, ...] = ("one", "two"), runs: int = 2) -> Told:
    """Another recording of the same name: everything in it follows, from other pictures."""
    watch = Watch()
    watch.now += 5
    spools = [a_stream(folder / "spool", name, films / "b.mp4", watch) for name in streams]
    return export(folder / "export", spools, key=key)


@pytest.mark.parametrize("key", [KEY, bytes(32)], ids=["with-the-platforms-key", "with-another-key"])
def test_a_recording_that_was_wholly_replaced_is_named(
    films: Path, made: tuple[Path, Told], tmp_path: Path, key: bytes
) -> None:
    own = rebuilt(films, tmp_path, key)
    assert list(verify(Folder(tmp_path / "export"), own))
    with pytest.raises(BrokenError, match=r"chain-replaced"):
        list(verify(Folder(tmp_path / "export"), made[1]))


def test_a_tail_that_was_cut_before_everything_was_signed_anew_is_named_by_a_published_head(
    films: Path, made: tuple[Path, Told], tmp_path: Path
) -> None:
    watch = Watch()
    spools = [a_stream(tmp_path / "spool", name, films / "a.mp4", watch) for name in ("one", "two")]
    cut = [row for row in spools[0].waiting(1000) if row.entry["seq"] > 6]
    for row in cut:
        for kind in ("entry", "part"):
            (spools[0].folder / f"{row.entry['seq']:012d}.{kind}").unlink(missing_ok=True)
    short = type(spools[0])(spools[0].folder, spools[0].header)
    export(tmp_path / "export", [short, spools[1]])
    with pytest.raises(BrokenError, match=r"tail-cut"):
        list(verify(Folder(tmp_path / "export"), made[1]))


@pytest.mark.parametrize("name", ["recording.json", "signature.txt", CHAIN])
def test_a_broken_or_missing_file_is_named_and_never_an_accident(mine: Path, name: str) -> None:
    for spoilt in (b"", b"{", b"[]", b"\xff", b'{"format":"recording/v1"}', b'{"entry":{"seq":"1"},"chain":1}\n'):
        (mine / name).write_bytes(spoilt)
        with pytest.raises(BrokenError):
            list(verify(Folder(mine)))
    (mine / name).unlink()
    with pytest.raises(BrokenError, match=r"unreadable"):
        list(verify(Folder(mine)))


def test_waived_parts_may_be_missing_and_no_others(films: Path, tmp_path: Path) -> None:
    spool = a_stream(tmp_path / "spool", "one", films / "a.mp4", Watch())
    told = export(tmp_path / "export", [spool], [{"about": "waiver", "missing": {"one": 1}, "words": "磁盘损坏"}])
    part(tmp_path / "export", -1).unlink()
    steps = list(verify(Folder(tmp_path / "export"), told))
    assert next(step for step in steps if step.name == "stream").facts["waived"] == 1
    part(tmp_path / "export", -1).unlink()
    with pytest.raises(BrokenError, match=r"part-missing"):
        list(verify(Folder(tmp_path / "export"), told))


def test_the_file_in_the_export_verifies_it_outside_the_project(made: tuple[Path, Told], mine: Path) -> None:
    published = mine.parent / "published.json"
    published.write_text(json.dumps(made[1]), "utf-8")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(mine / VERIFIER), *words]
        return subprocess.run(command, cwd=mine.parent, capture_output=True, text=True, check=False)

    assert (run(str(mine), "--published", str(published)).returncode, run().returncode) == (0, 3)
    assert run("--nonsense").returncode == 2
    edit_a_byte(mine)
    spoilt = run(str(mine), "--published", str(published))
    assert spoilt.returncode == 1 and "part-changed" in spoilt.stderr


def test_zip_and_disc_image_hold_the_same(made: tuple[Path, Told], tmp_path: Path) -> None:
    write_zip(made[0], tmp_path / "r.zip")
    write_iso(made[0], tmp_path / "r.iso")
    assert len(list(verify(source_of(tmp_path / "r.zip"), made[1]))) == 7
    read_iso(tmp_path / "r.iso", tmp_path / "disc")
    assert len(list(verify(Folder(tmp_path / "disc"), made[1]))) == 7
    published = tmp_path / "published.json"
    published.write_text(json.dumps(made[1]), "utf-8")
    for name, more, code in (("r.iso", [], 3), ("r.zip", ["--published", str(published)], 0), ("r.iso", ["--json"], 3)):
        assert CliRunner().invoke(recording, [str(tmp_path / name), *more]).exit_code == code
    (tmp_path / "bad.iso").write_bytes(b"x" * 40_000)
    refused = CliRunner().invoke(recording, [str(tmp_path / "bad.iso")])
    assert refused.exit_code == 2 and "recording.export-unreadable" in refused.output


def test_signatures_verify_without_a_library_exactly_as_with_one() -> None:
    for number in range(4):
        key, message = bytes([number]) * 32, bytes([number]) * (number * 40)
        signature, public = sign_ed25519(key, message), ed25519_public(key)
        assert ed25519_verify(public, message, signature)
        for place in (0, 31, 32, 63):
            spoilt = bytearray(signature)
            spoilt[place] ^= 1
            assert not ed25519_verify(public, message, bytes(spoilt))
        assert not ed25519_verify(public, message + b"x", signature)
        assert not ed25519_verify(public, message, signature[:63])
        assert not ed25519_verify(b"\xff" * 32, message, signature)


def test_the_document_names_what_its_label_says() -> None:
    assert ledger.signed_bytes({"a": 1})[:13] == b"recording/v1\0"
