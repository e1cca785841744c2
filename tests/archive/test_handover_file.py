"""A handed-over archive: its one form, every hash in it, the list, the evidence inside; and each way to spoil it."""

import io
import json
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from evidence_log import SECTION, START, Event, Log
from evidence_scenes import a_scene, the_policy
from failed_scenes import few_bids
from handover_files import HandedOver, handed_over, packed

from infra.kernel.canonical import b64, canonical, read
from infra.kernel.problems import Problem
from infra.tlog.policy import format_policy
from trading.archive.handover import EVIDENCE, INDEX, MANIFEST, TABLE, manifest_of, table_of
from trading.archive.verify import Step
from trading.archive.verify_handover import check_document, verify_handover
from web.cli import group

Spoilt = Callable[[], bytes]


def steps_of(data: bytes) -> list[Step]:
    return list(verify_handover(io.BytesIO(data), the_policy()))


def refused(data: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        steps_of(data)
    return caught.value


@pytest.fixture(scope="module")
def honest() -> bytes:
    return handed_over().packed()


def changed(change: Callable[[HandedOver], object]) -> bytes:
    """An archive with this change, its index and digests made to fit."""
    found = handed_over()
    change(found)
    return found.packed()


def members_changed(change: Callable[[dict[str, bytes]], object]) -> bytes:
    """An archive some member of which was changed behind its index's back."""
    members = handed_over().whole()
    change(members)
    return packed(members)


def test_an_honest_archive_holds_and_says_what_it_lacks(honest: bytes) -> None:
    steps = {step.name: step.facts for step in steps_of(honest)}
    assert list(steps)[:3] == ["archive-form", "archive-index", "archive-list"]
    assert list(steps)[-1] == "archive-agrees" and "evaluation" in steps and "result" in steps
    assert (steps["archive-list"]["missing"], steps["archive-list"]["waiting"]) == ([], ["contract"])
    assert steps["archive-list"]["years"] == 15


def test_what_is_missing_is_told_and_the_rest_still_holds() -> None:
    def without_document(one: HandedOver) -> None:
        one.listed["document"], one.states["document"] = [], "missing"
        del one.files["document/version-1.json"]

    steps = {step.name: step.facts for step in steps_of(changed(without_document))}
    assert steps["archive-list"]["missing"] == ["document"]


def test_the_index_to_read_is_a_table_in_chinese_with_the_article_of_each_item(honest: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(honest)) as file:
        table = file.read(TABLE).decode("utf-8-sig").splitlines()
    assert table[0] == "项目,状态,文件,SHA-256,字节,依据,核实程度"
    assert any(line.startswith("招标公告及变更公告,已归档,notices/") and line.endswith(",EBM 17,✔") for line in table)
    assert any(line.startswith("合同公告及履约节点,未到期,,") for line in table)


def _twice() -> bytes:
    sink = io.BytesIO(handed_over().packed())
    with zipfile.ZipFile(sink, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("bids.json", b"{}")
    return sink.getvalue()


def _added() -> bytes:
    sink = io.BytesIO(handed_over().packed())
    with zipfile.ZipFile(sink, "a") as file:
        file.writestr("zz.txt", b"more")
    return sink.getvalue()


def _compressed() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in sorted(handed_over().whole().items()):
            file.writestr(name, data)
    return sink.getvalue()


def _flipped() -> bytes:
    data = bytearray(handed_over().packed())
    data[data.index(b"bids.json") + 60] ^= 1
    return bytes(data)


def _other_index(change: Callable[[dict[str, Any]], object]) -> bytes:
    def spoil(members: dict[str, bytes]) -> None:
        index = read(members[INDEX])
        change(index)
        members[INDEX] = canonical(index)

    return members_changed(spoil)


def _row_of(index: dict[str, Any], item: str) -> dict[str, Any]:
    return next(row for row in index["rows"] if row["item"] == item)


def _journal_without_an_event(one: HandedOver) -> None:
    one.files["journal.jsonl"] = b"".join(one.files["journal.jsonl"].splitlines(keepends=True)[1:])


def _another_notice(one: HandedOver) -> None:
    name = one.listed["notice"][0]
    one.files[name] = canonical({**read(one.files[name]), "title": "另一项目"})


def _without_notice(one: HandedOver) -> None:
    del one.files[one.listed["notice"].pop()]


SPOILT: dict[str, tuple[str, Spoilt]] = {
    "no zip at all": ("archive.zip", lambda: b"no zip at all"),
    "cut off at the end": ("archive.zip", lambda: handed_over().packed()[:-30]),
    "cut off in the middle": ("archive.zip", lambda: handed_over().packed()[: 1 << 14]),
    "a byte behind its end": ("archive.zip", lambda: handed_over().packed() + b"\0"),
    "a byte before its beginning": ("archive.zip", lambda: b"\0" + handed_over().packed()),
    "one bit flipped": ("archive.zip", _flipped),
    "a member twice": ("archive.zip", _twice),
    "a member added by another tool": ("archive.zip", _added),
    "compressed": ("archive.zip", _compressed),
    "an extra file": (
        "archive.member-extra",
        lambda: members_changed(lambda m: m.update({"notices/more.json": b"{}"})),
    ),
    "a file less": ("archive.member-missing", lambda: members_changed(lambda m: m.pop("bids.json"))),
    "without evidence": ("archive.member-missing", lambda: members_changed(lambda m: m.pop(EVIDENCE))),
    "without its digests": ("archive.member-missing", lambda: members_changed(lambda m: m.pop(MANIFEST))),
    "a changed file": ("archive.member-changed", lambda: members_changed(lambda m: m.update({"bids.json": b"{}"}))),
    "other digests": ("archive.manifest", lambda: members_changed(lambda m: m.update({MANIFEST: b""}))),
    "an index in another form": (
        "json.not-canonical",
        lambda: members_changed(lambda m: m.update({INDEX: json.dumps(read(m[INDEX])).encode()})),
    ),
    "an index with a field more": (
        "evidence.field-unknown",
        lambda: _other_index(lambda index: index.update(more="")),
    ),
    "an index of another format": (
        "evidence.word",
        lambda: changed(lambda one: one.index.update(format="handover/v9")),
    ),
    "a table that says something else": (
        "archive.table",
        lambda: _resealed(lambda members: members.update({TABLE: members[TABLE] + b"\n"})),
    ),
    "an item twice": ("archive.row", lambda: changed(_an_item_twice)),
    "an item there without files": ("archive.row", lambda: changed(lambda one: one.states.update(contract="there"))),
    "a file of no item": ("archive.row", lambda: changed(lambda one: one.files.update({"notices/x.json": b"{}"}))),
    "a file that does not apply": ("archive.row", lambda: changed(lambda one: one.states.update(bids="none"))),
    "the evidence of another section": (
        "archive.section",
        lambda: changed(lambda one: one.index.update(section="YH-9/1")),
    ),
    "another notice": ("archive.differs", lambda: changed(_another_notice)),
    "no notice": ("archive.member-missing", lambda: changed(_without_notice)),
    "other bids": (
        "archive.differs",
        lambda: changed(lambda one: one.files.update({"bids.json": canonical({"section": SECTION, "bids": []})})),
    ),
    "another opening record": (
        "archive.differs",
        lambda: changed(lambda one: one.files.update({"opening-record.json": b"{}"})),
    ),
    "a journal without an event": ("archive.differs", lambda: changed(_journal_without_an_event)),
    "a draw that the evidence does not hold": ("archive.within", lambda: _resealed(_another_draw)),
}


def _an_item_twice(one: HandedOver) -> None:
    one.index["rows"] = [one._row("bids", ["bids.json"])] * 2


def _another_draw(members: dict[str, bytes]) -> None:
    index = read(members[INDEX])
    _row_of(index, "draw")["files"][0]["sha256"] = "00" * 32
    members[INDEX] = canonical(index)


def _resealed(change: Callable[[dict[str, bytes]], object]) -> bytes:
    """A change whose hashes were made to fit by whoever made it."""
    members = handed_over().whole()
    change(members)
    index = read(members[INDEX])
    if TABLE in index["members"] and members[TABLE] == handed_over().whole()[TABLE]:
        members[TABLE] = table_of(index)
    index["members"][TABLE] = {"sha256": sha256(members[TABLE]).hexdigest(), "size": len(members[TABLE])}
    members[INDEX] = canonical(index)
    rest = {name: sha256(data).hexdigest() for name, data in members.items() if name != MANIFEST}
    return packed(members | {MANIFEST: manifest_of(rest)})


@pytest.mark.parametrize(("code", "spoilt"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_archive_is_refused_by_its_code(code: str, spoilt: Spoilt) -> None:
    assert refused(spoilt()).code == code


def test_forged_evidence_inside_is_refused_by_the_codes_of_evidence() -> None:
    scene = a_scene()
    scene.event("award.published").facts["winner"]["bidder"] = "另一公司"
    assert refused(handed_over(scene.evidence()).packed()).code.startswith("evidence.")


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Result]:
    """Runs `openhall verify archive …`; bytes among the arguments become files."""

    def invoke(*arguments: str | bytes) -> Result:
        told = []
        for number, one in enumerate(arguments):
            if isinstance(one, bytes):
                (tmp_path / f"file{number}").write_bytes(one)
                one = str(tmp_path / f"file{number}")
            told.append(one)
        return CliRunner().invoke(group, ["verify", "archive", *told])

    return invoke


def test_the_command_exits_0_tells_every_step_and_what_is_not_due(run: Callable[..., Result], honest: bytes) -> None:
    result = run(honest, "--policy", format_policy(the_policy()).encode())
    assert (result.exit_code, result.stderr) == (0, "")
    assert "kept 15 years (CQ 38), until 2041-10-19T16:00:00Z — not due yet: contract" in result.stdout
    assert result.stdout.count("✓") == 17 + 4 and result.stdout.endswith("everything holds\n")


def test_without_a_policy_the_archive_is_judged_by_its_own_keys_and_exits_3(
    run: Callable[..., Result], honest: bytes
) -> None:
    assert run(honest).exit_code == 3


def test_a_damaged_archive_exits_1_with_one_line(run: Callable[..., Result], honest: bytes) -> None:
    result = run(honest[:-30], "--policy", format_policy(the_policy()).encode())
    assert result.exit_code == 1
    assert result.stderr.startswith("archive.zip: ") and result.stderr.count("\n") == 1


def test_an_event_is_not_judged_without_a_policy(run: Callable[..., Result], honest: bytes) -> None:
    assert run(honest, "--event", b"{}").exit_code == 2


A_FILE = {"name": "图纸.pdf", "sha256": "ab" * 32, "size": 3}
A_NAME = f"document/{'ab' * 8}-图纸.pdf"


@pytest.mark.parametrize(
    ("members", "state", "code"),
    [
        ({A_NAME: {"sha256": "ab" * 32, "size": 3}}, "there", None),
        ({}, "missing", None),
        ({}, "there", "archive.member-missing"),
        ({A_NAME: {"sha256": "ab" * 31 + "cd", "size": 3}}, "there", "archive.differs"),
    ],
    ids=["there", "told to be missing", "kept back", "another one"],
)
def test_every_file_that_was_frozen_stands_in_the_archive_or_is_told_to_be_missing(
    members: dict[str, Any], state: str, code: str | None
) -> None:
    index = {"members": members, "rows": [{"item": "document", "state": state}]}
    frozen = [{"files": [A_FILE]}, {"files": [A_FILE]}]
    if code is None:
        assert check_document(index, frozen) == 1
    else:
        with pytest.raises(Problem, match=code):
            check_document(index, frozen)


def the_event(whole: bytes, **otherwise: Any) -> bytes:
    """What the log's page would give of this file's hand-over."""
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        index = sha256(file.read(INDEX)).digest()
    told = {"number": 1, "file": b64(sha256(whole).digest()), "size": len(whole), "index": b64(index), **otherwise}
    return canonical(Log(a_scene()).add(Event("archive.handed-over", "handover-1", START, told)))


def test_the_logs_event_of_the_hand_over_shows_that_this_file_was_handed_over(
    run: Callable[..., Result], honest: bytes
) -> None:
    result = run(honest, "--policy", format_policy(the_policy()).encode(), "--event", the_event(honest))
    assert result.exit_code == 0 and "handed over: the log has this file's hash" in result.stdout


@pytest.mark.parametrize(
    "otherwise", [{"file": b64(bytes(32))}, {"index": b64(bytes(32))}, {"number": 2}], ids=["file", "index", "number"]
)
def test_an_event_of_another_hand_over_is_refused(honest: bytes, otherwise: dict[str, Any]) -> None:
    with pytest.raises(Problem, match=r"archive\.event"):
        list(verify_handover(io.BytesIO(honest), the_policy(), the_event(honest, **otherwise)))


def test_an_event_that_the_log_does_not_hold_is_refused(honest: bytes) -> None:
    forged = read(the_event(honest))
    forged["salt"] = b64(bytes(32))
    with pytest.raises(Problem, match=r"log\."):
        list(verify_handover(io.BytesIO(honest), the_policy(), canonical(forged)))


def test_the_archive_of_a_section_that_failed_for_too_few_bids_holds() -> None:
    steps = [step.name for step in steps_of(handed_over(few_bids().evidence()).packed())]
    assert "unopened" in steps and steps[-1] == "archive-agrees"
