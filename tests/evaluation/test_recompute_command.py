import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from evaluation_scenes import a_draw, tied, v1

from expertpool.draw.evidence import recompute as recompute_draw
from trading.evaluation.evidence import recompute as recompute_evaluation
from web.commands.recompute import command


def run(kind: str, content: Any, tmp_path: Path) -> Result:
    file = tmp_path / "evidence.json"
    file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return CliRunner().invoke(command, [kind, str(file)])


def test_an_evaluation_without_a_result_is_filled(tmp_path: Path) -> None:
    result = run("evaluation", v1(), tmp_path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == v1() | {"out": recompute_evaluation(v1())["out"]}


def test_an_evaluation_with_the_right_result_passes(tmp_path: Path) -> None:
    document = recompute_evaluation(v1())
    result = run("evaluation", document, tmp_path)
    assert (result.exit_code, json.loads(result.stdout), result.stderr) == (0, document, "")


@pytest.mark.parametrize(
    ("out", "told"),
    [
        ({"order": ["C", "A", "B"]}, '$.out.order[1]: the file says "A", recomputed "B"'),
        ({"order": [["B", "C"], "A"]}, '$.out.order: the file says [["B", "C"], "A"], recomputed ["C", "B", "A"]'),
        ({"benchmark": None}, "$.out.benchmark: the file says null, recomputed nothing"),
        ({"total": {}}, '$.out.total.A: the file says nothing, recomputed "85.73"'),
    ],
)
def test_another_result_in_the_file_is_told_and_exits_1(out: dict[str, Any], told: str, tmp_path: Path) -> None:
    document = recompute_evaluation(v1())
    result = run("evaluation", document | {"out": document["out"] | out}, tmp_path)
    assert result.exit_code == 1
    assert told in result.stderr.splitlines()
    assert json.loads(result.stdout) == document


def test_a_result_that_is_null_differs(tmp_path: Path) -> None:
    assert run("evaluation", v1() | {"out": None}, tmp_path).exit_code == 1


def test_a_false_lot_inside_an_evaluation_exits_1(tmp_path: Path) -> None:
    document = tied(["lot"], {"A": "1", "B": "1"}) | {"draw": a_draw(["A", "B"], reasons=[["00", "avoid"]])}
    result = run("evaluation", document, tmp_path)
    assert result.exit_code == 1
    assert "$.draw.reasons" in result.stderr


def test_a_draw_is_filled_with_out_and_reasons(tmp_path: Path) -> None:
    draw = a_draw(["A", "B", "C"])
    result = run("draw", draw, tmp_path)
    assert (result.exit_code, json.loads(result.stdout)) == (0, recompute_draw(draw))


def test_another_draw_in_the_file_exits_1(tmp_path: Path) -> None:
    draw = recompute_draw(a_draw(["A", "B", "C"]))
    result = run("draw", draw | {"out": draw["out"][::-1]}, tmp_path)
    assert (result.exit_code, json.loads(result.stdout)) == (1, draw)
    assert "$.out" in result.stderr


@pytest.mark.parametrize(
    ("content", "code", "path"),
    [
        (b"", "json.bad", "$"),
        (b"\xff", "json.bad", "$"),
        (b'{"method": {}, "method": {}}', "json.bad", "$"),
        (b'{"method": NaN}', "json.bad", "$"),
        (b"[" * 100_000, "json.bad", "$"),
        (b"[]", "evidence.type", "$"),
        (
            b'{"method": {"price": {"kind": "lowest_price_first", "weight": 30.5}}, "bids": {}}',
            "evidence.decimal",
            "$.method.price.weight",
        ),
        (json.dumps(tied([], {"\ud800": "1"})).encode(), "json.bad", "$"),
    ],
)
def test_bad_input_exits_2_with_code_and_path_and_no_output(
    content: bytes, code: str, path: str, tmp_path: Path
) -> None:
    result = run("evaluation", content, tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    reason, place = result.stderr.splitlines()
    assert reason.startswith(f"{code}: ")
    assert place == f"at {path}"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("luck", "recompute.kind-unknown"),
    ],
)
def test_a_kind_that_cannot_be_recomputed_exits_2(kind: str, code: str, tmp_path: Path) -> None:
    result = run(kind, v1(), tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{code}: ")


@pytest.mark.parametrize("name", ["nowhere.json", ""])
def test_a_file_that_cannot_be_read_exits_2(name: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["evaluation", str(tmp_path / name)])
    assert result.exit_code == 2
    assert result.stderr.startswith("recompute.file: ")


def test_a_dash_reads_standard_input() -> None:
    result = CliRunner().invoke(command, ["evaluation", "-"], input=json.dumps(v1()))
    assert (result.exit_code, json.loads(result.stdout)["out"]["order"]) == (0, ["C", "B", "A"])
