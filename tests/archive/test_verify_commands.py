"""`openhall verify`: what it prints, where it points, and the exit codes that scripts rely on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from evidence_forging import facts
from evidence_log import SECTION
from evidence_scenes import a_scene, an_evidence, the_policy
from failed_scenes import few_bids

from infra.crypto.seal_blocks import PLAINTEXT_BLOCK, block_root
from infra.crypto.seal_key import commitment
from infra.kernel.canonical import b64, canonical, read, unb64
from infra.kernel.problems import Problem
from infra.tlog.policy import format_policy
from trading.archive.bundle import unpack
from trading.archive.verify_receipt import find_receipt
from web.cli import group
from web.commands.remedy import require_sealed

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `openhall verify …`; bytes among the arguments become files."""

    def invoke(*arguments: str | bytes) -> Result:
        told = []
        for number, one in enumerate(arguments):
            if isinstance(one, bytes):
                (tmp_path / f"file{number}").write_bytes(one)
                one = str(tmp_path / f"file{number}")
            told.append(one)
        return CliRunner().invoke(group, ["verify", *told])

    return invoke


def policy() -> bytes:
    """The published policy."""
    return format_policy(the_policy()).encode()


def a_receipt(nth: int = 1, name: str = "bid.submitted") -> dict[str, Any]:
    """The receipt that the nth submission got."""
    rows = read(unpack(an_evidence())["events.json"])
    row = [one for one in rows if read(one["event"].encode())["event"] == name][nth]
    told = read(row["event"].encode())
    manifest = read(a_scene().bids[told["facts"]["subject"]]["manifest"].encode())
    return {
        "format": "receipt/v1",
        "section": told["section"],
        "bid": told["facts"]["subject"],
        "manifest": told["facts"]["manifest"],
        "parts": [{name: one[name] for name in ("part", "size", "root")} for one in manifest["parts"]],
        **{name: row[name] for name in ("event", "salt", "proof")},
    }


def a_draw() -> dict[str, Any]:
    """The draw's file as it is published."""
    found: dict[str, Any] = read(unpack(an_evidence())["draw-1.json"])
    return found


def test_an_honest_file_under_the_published_policy_exits_0_and_shows_every_step(run: Run) -> None:
    result = run("evidence", an_evidence(), "--policy", policy())
    assert result.exit_code == 0
    assert result.stdout.count("✓") == 17
    assert result.stdout.endswith("everything holds\n")
    assert result.stderr == ""


def test_a_demonstration_says_that_it_has_no_legal_effect(run: Run) -> None:
    assert "DEMO rule set, no legal effect" in run("evidence", an_evidence(), "--policy", policy()).stdout


def test_without_policy_a_sound_file_exits_3_and_says_integrity_only(run: Run) -> None:
    result = run("evidence", an_evidence())
    assert result.exit_code == 3
    assert "integrity only" in result.stdout


def test_a_forged_file_exits_1_with_one_line_that_says_what_and_where(run: Run) -> None:
    scene = a_scene()
    facts(scene, "marks.published")["sheets"]["J2"]["marks"]["bid-c"]["t1"] = "40"
    result = run("evidence", scene.evidence(), "--policy", policy())
    assert result.exit_code == 1
    assert result.stderr.startswith("evidence.marks: ")
    assert result.stderr.count("\n") == 1
    assert "events.json, event 50 (marks.published)" in result.stderr
    assert "✓ draw" in result.stdout


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_forged_file_fails_without_policy_too(run: Run, options: list[str]) -> None:
    assert run("evidence", an_evidence()[:-1], *options).exit_code == 1


def test_a_file_rebuilt_with_foreign_keys_exits_1(run: Run) -> None:
    result = run("evidence", an_evidence("elsewhere"), "--policy", policy())
    assert result.exit_code == 1
    assert result.stderr.startswith("evidence.policy-differs: ")


def test_json_is_one_object_for_machines(run: Run) -> None:
    told = json.loads(run("evidence", an_evidence(), "--policy", policy(), "--json").stdout)
    assert (told["result"], told["problem"]) == ("holds", None)
    assert told["steps"][-1] == {"step": "page"}
    assert json.loads(run("evidence", an_evidence(), "--json").stdout)["result"] == "integrity-only"


def test_json_of_a_failure_names_code_and_place(run: Run) -> None:
    scene = a_scene()
    scene.drop("award.published")
    result = run("evidence", scene.evidence(), "--policy", policy(), "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["result"]) == (1, "failed")
    assert (told["problem"]["code"], told["problem"]["where"]) == ("evidence.event-missing", "events.json")


@pytest.mark.parametrize(
    "arguments",
    [
        ["evidence"],
        ["evidence", "no-such-file"],
        ["evidence", an_evidence(), "--policy", "no-such-file"],
        ["evidence", an_evidence(), "--policy", b"no policy\n"],
        ["receipt", b"{}"],
        ["receipt", "no-such-file", "--policy", policy()],
        ["receipt", b"{}", "--policy", b"no policy\n"],
        ["draw", "no-such-file"],
        ["draw"],
        ["nothing"],
    ],
)
def test_bad_usage_and_unreadable_files_exit_2(run: Run, arguments: list[Any]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize(("nth", "name"), [(1, "bid.submitted"), (0, "bid.replaced"), (0, "bid.withdrawn")])
def test_a_receipt_proves_what_the_log_took_in(run: Run, nth: int, name: str) -> None:
    result = run("receipt", canonical(a_receipt(nth, name)), "--policy", policy())
    assert result.exit_code == 0
    assert name in result.stdout


def test_a_receipt_is_compared_with_its_manifest(run: Run) -> None:
    manifest, other = (a_scene().bids[bid]["manifest"].encode() for bid in ("bid-b", "bid-c"))
    result = run("receipt", canonical(a_receipt()), "--policy", policy(), "--manifest", manifest)
    assert result.exit_code == 0
    assert "technical (1000 bytes)" in result.stdout
    assert run("receipt", canonical(a_receipt()), "--policy", policy(), "--manifest", other).exit_code == 1
    swollen = a_receipt()
    swollen["parts"][0]["size"] += 1
    assert run("receipt", canonical(swollen), "--policy", policy(), "--manifest", manifest).exit_code == 1


@pytest.mark.parametrize(
    "change",
    [
        {"bid": "bid-c"},
        {"section": "YH-2026-001/S2"},
        {"manifest": b64(bytes(32))},
        {"salt": b64(bytes(32))},
        {"salt": 5},
        {"event": "5"},
        {"event": "[]"},
        {"event": "\ud800"},
        {"event": a_receipt(2)["event"]},
        {"proof": a_receipt(2)["proof"]},
        {"format": "receipt/v2"},
        {"more": 1},
    ],
)
def test_a_receipt_that_was_changed_exits_1(run: Run, change: dict[str, Any]) -> None:
    result = run("receipt", json.dumps(a_receipt() | change).encode(), "--policy", policy())
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"null", b"{"])
def test_a_receipt_that_is_no_receipt_exits_1(run: Run, data: bytes) -> None:
    assert run("receipt", data, "--policy", policy()).exit_code == 1


@pytest.mark.parametrize(("nth", "line"), [(1, "lists this bid"), (0, "replaced or withdrawn later")])
def test_a_receipt_stands_in_the_sections_evidence(run: Run, nth: int, line: str) -> None:
    result = run("receipt", canonical(a_receipt(nth)), "--policy", policy(), "--evidence", an_evidence())
    assert (result.exit_code, line in result.stdout) == (0, True)


def test_a_receipt_whose_event_the_evidence_leaves_out_exits_1(run: Run) -> None:
    scene = a_scene()
    scene.event("bid.submitted", 1).moved(0.5)
    result = run("receipt", canonical(a_receipt()), "--policy", policy(), "--evidence", scene.evidence())
    assert (result.exit_code, result.stderr.split(":")[0]) == (1, "receipt.missing")


@pytest.mark.parametrize(
    ("change", "code"),
    [({"section": "YH-2026-001/S2"}, "receipt.elsewhere"), ({"bid": "bid-a1"}, "receipt.unlisted"), ({}, None)],
)
def test_where_bids_stay_hidden_only_the_list_answers_a_receipt(change: dict[str, str], code: str | None) -> None:
    scene = few_bids()
    [_, own] = next(one for one in scene.events if one.name == "section.closed").facts["bids"]
    receipt = {"section": SECTION, "event": "hidden", "salt": "", **own, **change}
    if code is None:
        assert find_receipt(scene.evidence(), receipt)
        return
    with pytest.raises(Problem) as caught:
        find_receipt(scene.evidence(), receipt)
    assert caught.value.code == code


def test_a_receipt_of_an_event_that_is_no_bids_exits_1(run: Run) -> None:
    rows = read(unpack(an_evidence())["events.json"])
    refused = next(one for one in rows if read(one["event"].encode())["event"] == "bid.refused")
    told = read(refused["event"].encode())
    made = a_receipt() | {name: refused[name] for name in ("event", "salt", "proof")}
    made |= {"bid": told["facts"]["subject"], "manifest": told["facts"]["manifest"]}
    result = run("receipt", canonical(made), "--policy", policy())
    assert (result.exit_code, result.stderr.split(":")[0]) == (1, "receipt.event")


def test_a_published_draw_is_recomputed(run: Run) -> None:
    result = run("draw", canonical(a_draw()))
    assert result.exit_code == 0
    assert result.stdout.count("✓") == 3


def test_a_draw_that_states_another_result_exits_1(run: Run) -> None:
    told = a_draw()
    told["out"][0], told["out"][1] = told["out"][1], told["out"][0]
    result = run("draw", canonical(told))
    assert (result.exit_code, result.stderr.split(":")[0]) == (1, "verify.draw-differs")


@pytest.mark.parametrize("field", ["transcript", "out", "reasons", "pool", "seed"])
def test_a_draw_that_leaves_something_out_exits_2(run: Run, field: str) -> None:
    told = a_draw()
    del told[field]
    assert run("draw", canonical(told)).exit_code == 2


def test_a_draw_whose_seed_was_chosen_exits_2(run: Run) -> None:
    result = run("draw", canonical(a_draw() | {"seed": unb64(b64(bytes(32))).hex()}))
    assert (result.exit_code, result.stderr.split(":")[0]) == (2, "draw.transcript")


@pytest.mark.parametrize("kind", ["evidence", "receipt", "audit"])
def test_a_file_that_cannot_be_read_ends_with_2_and_names_it(run: Run, tmp_path: Path, kind: str) -> None:
    missing = str(tmp_path / "none")
    result = run(kind, missing, "--policy", missing)
    assert result.exit_code == 2
    assert result.stderr.partition(": ")[0] == "verify.file" and missing in result.stderr


def test_only_the_very_file_that_was_sealed_is_shown_as_a_remedy(tmp_path: Path) -> None:
    salt, sealed, other = b"s" * 32, tmp_path / "sealed.pdf", tmp_path / "other.pdf"
    sealed.write_bytes(b"%PDF-1.7" * 300_000)
    other.write_bytes(sealed.read_bytes()[:-1] + b"8")
    commits = {"technical": commitment(salt, block_root([sealed.read_bytes()], PLAINTEXT_BLOCK))}
    require_sealed("technical", sealed, {"technical": salt}, commits)
    for part, file, code in (("technical", other, "remedy.other-file"), ("price", sealed, "bid.part")):
        with pytest.raises(Problem) as told:
            require_sealed(part, file, {"technical": salt}, commits)
        assert told.value.code == code
