"""What browsers signed is verified from the chain alone: a chunk taken out, edited or signed by another key is named."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from browser_scene import MIME, chunks_of, fragmented
from recording_scene import BEGUN, Told, export

from infra.crypto.sign import new_p256, p256_public, sign_p256
from infra.edge import random_bytes
from trading.recordings import ledger
from trading.recordings.browser import Browser
from trading.recordings.remuxing import remuxed
from trading.recordings.runs import Begin, Chunk, split
from trading.recordings.signed_chunks import p256_verify
from trading.recordings.spool import Spool
from trading.recordings.tables import RecordingState
from trading.recordings.verify import BrokenError, Folder, verify
from web.bench.films import film

RUNNING = RecordingState.RUNNING


def recorded(folder: Path, chunks: list[bytes], mime: str = MIME) -> Spool:
    """A browser's stream with two runs of these chunks."""
    spool = Spool(folder, ledger.header("recording-1", "one", "browser", "备用机", mandatory=False))
    browser, now = Browser(spool, []), BEGUN
    for run in (1, 2):
        key = new_p256(random_bytes)
        begin = Begin(p256_public(key), mime, now, 0, 4, b"")
        browser.begin(begin._replace(signature=sign_p256(key, begin.message("one"))), now)
        for number, data in enumerate(chunks, 1):
            chunk = Chunk(number, sha256(data).hexdigest(), now + 1000 * number, 0, 4, b"")
            signed = chunk._replace(signature=sign_p256(key, chunk.message("one")))
            assert browser.take(run, signed, data, now + 1000 * number, RUNNING)
        browser.finish(run, "stopped", now + 20_000, recording=True)
        now += 60_000
    return spool


@pytest.fixture(scope="module")
def chunks(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    return chunks_of(fragmented(tmp_path_factory.mktemp("film"), seconds=4.0), 2)


def test_a_whole_recording_of_a_browser_holds_with_every_chunk_signed_and_seen(
    tmp_path: Path, chunks: list[bytes]
) -> None:
    told = export(tmp_path / "export", [recorded(tmp_path / "spool", chunks)])
    found = {step.name: step.facts for step in verify(Folder(tmp_path / "export"), told)}
    assert found["chunks"]["signed"] == found["chunks"]["seen"] == 2 * len(chunks) == 6
    assert found["stream"]["gaps"] == 1 and (tmp_path / "export" / "signed_chunks.py").is_file()


def forged_key(entry: Told) -> None:
    if entry.get("name") == "run-begun":
        entry["facts"]["key"] = p256_public(new_p256(random_bytes)).hex()


def other_clock(entry: Told) -> None:
    if entry.get("name") == "chunk" and entry["facts"]["number"] == 2:
        entry["facts"]["client"] += 1


def fewer_parts(entry: Told) -> None:
    if entry.get("name") == "chunk" and entry["facts"]["number"] == 2:
        entry["facts"]["parts"] = 1


@pytest.mark.parametrize("forge", [forged_key, other_clock, fewer_parts])
def test_a_platform_that_writes_the_chain_anew_cannot_sign_for_the_browser(
    tmp_path: Path, chunks: list[bytes], forge: Callable[[Told], None]
) -> None:
    honest = recorded(tmp_path / "spool", chunks)
    forged = Spool(tmp_path / "forged", honest.header)
    for row in honest.waiting(1000):
        entry: dict[str, Any] = {**row.entry}
        if entry["kind"] == "event":
            entry["facts"] = {**entry["facts"]}
        forge(entry)
        forged.append(lambda _, entry=entry: entry, honest.data(entry["seq"]) if entry["kind"] != "event" else None)  # type: ignore[misc]
    told = export(tmp_path / "export", [forged])
    with pytest.raises(BrokenError, match="chunk-unsigned"):
        list(verify(Folder(tmp_path / "export"), told))


def test_the_small_verifier_agrees_with_the_library_and_refuses_what_is_no_key_or_signature() -> None:
    key, message = new_p256(random_bytes), b"a message"
    public, signature = p256_public(key), sign_p256(key, message)
    assert p256_verify(public, message, signature)
    off = public[:-1] + bytes([public[-1] ^ 1])
    for bad in (
        (public, b"another", signature),
        (public, message, signature[:32] + bytes(32)),
        (public, message, bytes(32) + signature[32:]),
        (public, message, b"\xff" * 64),
        (off, message, signature),
        (public[1:], message, signature),
        (p256_public(new_p256(random_bytes)), message, signature),
    ):
        assert not p256_verify(*bad)


def test_parts_of_a_chunk_joined_are_the_chunk_whatever_stands_loosely_between(chunks: list[bytes]) -> None:
    loose = (16).to_bytes(4, "big") + b"free" + bytes(8)
    for data in (b"".join(chunks), loose + chunks[1] + loose + chunks[2] + loose, chunks[0] + loose):
        assert b"".join(one.data for one in split(data)) == data
    assert split(loose) == []


def test_webm_waits_as_it_came_and_becomes_mp4_when_its_run_is_over(tmp_path: Path) -> None:
    made = film(tmp_path / "run.mkv", seconds=3, sound=None, form="matroska").read_bytes()
    pieces = [made[at : at + len(made) // 3 + 1] for at in range(0, len(made), len(made) // 3 + 1)]
    spool = recorded(tmp_path / "spool", pieces, "video/webm;codecs=h264")
    kinds = [str(row.entry.get("name", row.entry["kind"])) for row in spool.waiting(1000)]
    assert kinds.count("chunk") == 6 and kinds.count("init") == 2 and kinds.count("segment") >= 2
    told = export(tmp_path / "export", [spool])
    found = {step.name: step.facts for step in verify(Folder(tmp_path / "export"), told)}
    assert (found["chunks"]["signed"], found["chunks"]["seen"]) == (6, 0)
    (tmp_path / "broken.webm").write_bytes(b"no film at all")
    assert list(remuxed(tmp_path / "broken.webm")) == []
