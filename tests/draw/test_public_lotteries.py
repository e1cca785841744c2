"""Lotteries with a public pool: the same draw, which anybody can recompute with every name."""

import copy
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from second_draw import second_draw
from stdnum.cn import uscc

from expertpool.draw.rules import Frozen, Record, Request, freeze
from expertpool.lotteries.entries import MOST, read_entries
from expertpool.lotteries.rules import Entry, freeze_lottery, make_request, published, recompute_lottery, winners
from infra.kernel.canonical import canonical, digest
from infra.kernel.problems import Problem
from web.commands.recompute import command
from web.commands.verify import command as verify
from web.problems import sentences


def code_of(number: int) -> str:
    """A credit code with its check digit."""
    body = f"91420000MA{number:07d}"
    return body + uscc.calc_check_digit(body)


CODES = [code_of(number) for number in range(3)]
ENTRIES = [Entry(f"91420000MA{number:08d}", f"参加者{number}") for number in range(12)]


def request(winners: int = 3, waiting: int = 2, entries: list[Entry] | None = None) -> dict[str, Any]:
    return make_request("Order of presentation", "TBR 54", winners, waiting, ENTRIES if entries is None else entries)


def frozen(seed: int = 1, **asked: Any) -> Frozen:
    return freeze_lottery(
        "LOTTERY/2026-ABCDEFGH/1", request(**asked), code="openhall", random=random.Random(seed).randbytes
    )


def drawn(seed: int = 1) -> dict[str, Any]:
    dice = random.Random(seed)
    return published(frozen(seed), request(), [dice.randbytes(32) for _ in range(3)])


def test_winners_and_those_who_wait_are_recomputed_from_the_file_alone() -> None:
    found = winners(recompute_lottery(drawn()))
    assert len(found) == len(set(found)) == 5 and set(found) <= set(ENTRIES)


def test_before_the_draw_every_entry_is_public_and_nothing_tells_the_result() -> None:
    told = published(frozen(), request())
    assert set(told) == {"format", "request", "frozen", "entries"}
    assert {(one["code"], one["name"]) for one in told["entries"]} == set(ENTRIES)


def test_who_takes_part_in_another_order_has_the_same_list() -> None:
    told = published(frozen(entries=ENTRIES[::-1]), request())
    assert {one["code"] for one in told["entries"]} == {one.code for one in ENTRIES}


def test_everybody_wins_about_as_often() -> None:
    won = Counter(one for seed in range(300) for one in winners(drawn(seed))[:3])
    assert set(won) == set(ENTRIES) and max(won.values()) < 2 * min(won.values())


@pytest.mark.parametrize(("places", "waiting"), [(0, 0), (13, 0), (3, -1), (10, 3), (1, 12)])
def test_no_more_are_drawn_than_take_part(places: int, waiting: int) -> None:
    with pytest.raises(Problem) as told:
        frozen(winners=places, waiting=waiting)
    assert told.value.code == "lottery.places"


def test_a_numbered_order_draws_everybody_once() -> None:
    told = published(frozen(winners=12, waiting=0), request(12, 0), [bytes([n]) * 32 for n in range(3)])
    assert sorted(winners(recompute_lottery(told))) == ENTRIES


def test_nobody_takes_part_twice() -> None:
    with pytest.raises(Problem) as told:
        frozen(entries=[*ENTRIES, ENTRIES[0]])
    assert told.value.code == "draw.twin-identity"


def forged(name: str) -> dict[str, Any]:
    """The file of a lottery with one lie in it."""
    told = copy.deepcopy(drawn())
    entries = told["entries"]
    if name == "names exchanged":
        entries[0]["code"], entries[1]["code"] = entries[1]["code"], entries[0]["code"]
    elif name == "entry missing":
        del entries[0]
    elif name == "entry twice":
        entries.append(entries[0])
    elif name == "another winner":
        told["evidence"]["out"][0], told["evidence"]["out"][1] = told["evidence"]["out"][1], told["evidence"]["out"][0]
    elif name == "other facts":
        told["frozen"] = {**told["frozen"], "code": "another"}
    elif name == "a name in list and request":
        entries[0]["name"] = "another"
        told["request"]["entries"] = sorted([one["code"], one["name"]] for one in entries)
    elif name == "another subject":
        told["request"]["subject"] = "Choice of an agent"
    elif name == "a field too many":
        told["weights"] = []
    elif name == "one code under two salts":
        entries[1]["code"] = entries[0]["code"]
        told["request"]["entries"] = sorted([one["code"], one["name"]] for one in entries)
    elif name == "a code that is none":
        entries[0]["code"] = 5
    elif name == "a leaf that is a list":
        entries[0]["leaf"] = [entries[0]["leaf"]]
    elif name == "a salt in capitals":
        entries[0]["a"] = entries[0]["a"].upper()
    elif name == "no list of entries":
        told["entries"] = None
    return told


FORGED = (
    "names exchanged", "entry missing", "entry twice", "other facts", "a name in list and request", "another subject",
    "a field too many", "one code under two salts", "a code that is none", "a leaf that is a list", "a salt in capitals",
    "no list of entries",
)  # fmt: skip


def in_verify(told: dict[str, Any], folder: Path) -> Result:
    """What `openhall verify draw` says of a file."""
    file = folder / "lottery-1.json"
    file.write_bytes(canonical(told))
    return CliRunner().invoke(verify, ["draw", str(file)])


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_file_is_refused(name: str) -> None:
    with pytest.raises(Problem) as told:
        recompute_lottery(forged(name))
    assert told.value.code == "lottery.entries"


def test_another_winner_is_not_what_comes_out() -> None:
    told = forged("another winner")
    assert recompute_lottery(told)["evidence"]["out"] != told["evidence"]["out"]


def test_a_weighted_file_is_refused() -> None:
    """Made with a smaller weight for one entry, and consistent otherwise."""
    asked, dice = request(), random.Random(3)
    pool = [Record(f"uscc:{one.code}", None, ("*",), 7 if one is ENTRIES[0] else 0) for one in ENTRIES]
    made = freeze(Request("LOTTERY/X/1", {"*": 3}, 2, (), digest(asked), "openhall"), pool, dice.randbytes)
    with pytest.raises(Problem) as told:
        recompute_lottery(published(made, asked, [dice.randbytes(32) for _ in range(3)]))
    assert told.value.code == "lottery.uneven"


def test_verify_takes_a_lotterys_file_and_tells_who_takes_part_and_what_recomputes(tmp_path: Path) -> None:
    result = in_verify(drawn(), tmp_path)
    assert (result.exit_code, result.stdout.count("✓")) == (0, 4), result.output
    assert "“Order of presentation”: 12 take part" in result.stdout and "5 taken, 0 skipped" in result.stdout


@pytest.mark.parametrize(
    ("told", "code", "said"),
    [
        (published(frozen(), request()), 2, "lottery.undrawn: "),
        (forged("another winner"), 1, "verify.draw-differs: "),
        (forged("names exchanged"), 2, "lottery.entries: "),
    ],
    ids=["from before the draw", "another winner", "names exchanged"],
)
def test_verify_says_in_words_what_is_wrong_with_a_lotterys_file(
    told: dict[str, Any], code: int, said: str, tmp_path: Path
) -> None:
    result = in_verify(told, tmp_path)
    assert (result.exit_code, result.stderr[: len(said)], result.stdout) == (code, said, "")


@pytest.mark.parametrize(
    ("field", "code"), [("out", "verify.draw"), ("reasons", "verify.draw"), ("transcript", "lottery.entries")]
)
def test_verify_asks_for_what_a_lotterys_evidence_leaves_out(field: str, code: str, tmp_path: Path) -> None:
    told = drawn()
    del told["evidence"][field]
    result = in_verify(told, tmp_path)
    assert (result.exit_code, result.stderr.partition(": ")[0]) == (2, code)


def turned(seed: int) -> bytes:
    """The file with one bit of one byte turned."""
    dice, data = random.Random(seed), bytearray(canonical(drawn()))
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def test_no_changed_byte_of_a_lotterys_file_passes_and_each_is_answered_in_words(tmp_path: Path) -> None:
    file = tmp_path / "lottery-1.json"
    for seed in range(60):
        file.write_bytes(turned(seed))
        result = CliRunner().invoke(verify, ["draw", str(file)])
        code = result.stderr.partition(":")[0]
        assert result.exit_code in (1, 2) and code in sentences() and result.stderr.count("\n") == 1, (seed, result)


def test_the_second_implementation_draws_the_same() -> None:
    for seed in range(20):
        told = drawn(seed)
        assert second_draw(told["evidence"]) == (told["evidence"]["out"], told["evidence"]["reasons"])


def test_the_command_recomputes_a_lottery_and_names_what_differs(tmp_path: Path) -> None:
    for name, told, code in (
        ("good", drawn(), 0),
        ("bad", forged("another winner"), 1),
        ("lie", forged("entry twice"), 2),
    ):
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(told))
        result = CliRunner().invoke(command, ["draw", str(file)])
        assert result.exit_code == code, result.output
        assert code != 1 or "$.evidence.out[0]" in result.stderr


LINES = f"统一社会信用代码,名称\n\n{CODES[1]}，乙公司\n{CODES[0]}\t甲公司\n"


def test_lines_are_read_in_every_common_form_and_sorted_by_code() -> None:
    found = read_entries(LINES)
    assert [one.name for one in found] == [name for _, name in sorted([(CODES[0], "甲公司"), (CODES[1], "乙公司")])]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"{CODES[0]},又一", "lottery.twin-entry"),
        (f"{CODES[2]},丙公司,3", "lottery.weights"),
        (f"{CODES[2]}", "lottery.entry"),
        (f"{CODES[2]}, ", "lottery.entry"),
        ("91420000MA0000000X,丁公司", "lottery.entry-code"),
    ],
)
def test_a_line_that_is_no_entry_is_refused_with_its_number(line: str, code: str) -> None:
    with pytest.raises(Problem) as told:
        read_entries(LINES + line)
    assert told.value.code == code and told.value.facts["line"] == 5


def test_a_list_beyond_what_a_page_can_show_is_refused() -> None:
    text = "\n".join(f"{code_of(number)},名{number}" for number in range(MOST + 1))
    with pytest.raises(Problem) as told:
        read_entries(text)
    assert told.value.code == "lottery.too-many"
