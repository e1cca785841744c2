"""Score tables of other systems: read into items, bands and examination items, and written out again."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from expertpool.directory.sheet_files import read_rows
from infra.kernel.problems import Problem
from trading.evaluation.score_table import Taken, factors_in, factors_of, lines_of, table_of, taken

REAL = Path(__file__).resolve().parents[2] / "../shared/data/comprehensive-scoring-table.json"
TABLE: list[dict[str, Any]] = [
    {"dimension": "初步评审", "factor": "资格评审标准", "max": 0, "bands": []},
    {
        "dimension": "技术部分",
        "factor": "施工方案",
        "max": Decimal("15.5"),
        "bands": [{"grade": "差", "range": 0}, {"grade": "优", "range": [Decimal("10.5"), Decimal("15.5")]}],
    },
    {"dimension": "技术部分", "factor": "总页数", "max": 0, "bands": [{"grade": "超页", "range": -1}]},
    {"dimension": "商务部分", "factor": "业绩", "max": "4.55", "bands": [{"grade": "类似", "range": "4.55"}]},
    {"dimension": "报价部分", "factor": "投标报价", "max": "79.95", "bands": []},
]


def read(table: Any = None) -> Taken:
    return taken(factors_of(TABLE if table is None else table))


def test_a_price_factor_is_the_prices_weight_and_no_item() -> None:
    found = read()
    assert found.weight == "79.95"
    assert [item["id"] for item in found.items] == ["t1", "t2", "c1"]


def test_a_factor_without_points_and_bands_is_examined_with_the_ground_its_stage_has() -> None:
    assert read().examination == [
        {"id": "q1", "stage": "qualification", "zh": "资格评审标准", "clause": "", "ground": "TBR 51(3)"}
    ]


def test_bands_stand_from_high_to_low_and_a_single_value_is_both_ends() -> None:
    assert [(one["word"], one["from"], one["to"]) for one in read().labels["t1"]["bands"]] == [
        ("优", "10.5", "15.5"),
        ("差", "0", "0"),
    ]


def test_factors_of_single_values_follow_from_the_bid_and_the_step_is_as_fine_as_needed() -> None:
    kinds = {item["id"]: (item["kind"], item["step"]) for item in read().items}
    assert kinds == {"t1": ("subjective", "0.1"), "t2": ("objective", "0.1"), "c1": ("objective", "0.01")}


def test_a_factor_that_only_takes_points_away_stays_without_points_to_be_refused_at_its_row() -> None:
    item = next(item for item in read().items if item["id"] == "t2")
    assert (item["max"], read().labels["t2"]["bands"][0]["from"]) == ("0", "-1")


@pytest.mark.shared
def test_all_factors_of_a_real_table_are_read() -> None:
    if not REAL.exists():
        pytest.skip("shared material is absent")
    found = read(json.loads(REAL.read_text(), parse_float=Decimal))
    assert (found.weight, len(found.items), len(found.examination)) == ("80", 16, 2)
    assert sum(Decimal(item["max"]) for item in found.items) == 20
    assert [found.labels[item["id"]]["zh"] for item in found.items if item["max"] == "0"] == ["施工组织设计总页数"]


def test_a_table_written_out_and_read_again_is_the_same() -> None:
    found = read([row for row in TABLE if row["factor"] != "总页数"])
    method = {"items": found.items, "price": {"kind": "benchmark", "weight": found.weight}}
    table = table_of(method, found.labels, found.examination)
    text = "\n".join(",".join(line) for line in lines_of(table))
    assert taken(factors_of(table)) == found
    assert taken(factors_in(row.texts for row in read_rows(text.encode()))) == found


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([{"dimension": "技术部分", "factor": "方案"}], "table.headings"),
        ([{"评审部分": "技术部分", "评分因素": "方案", "满分": "十"}], "table.number"),
        (
            [{"评审部分": "技术", "评分因素": "方案", "满分": "10", "评分档": "优", "下限": "", "上限": ""}],
            "table.number",
        ),
        ([{"dimension": "技术", "factor": f"f{place}", "max": "1"} for place in range(61)], "table.large"),
        ([], "table.empty"),
    ],
    ids=["no-max", "no-number", "band-without-ends", "too-many", "empty"],
)
def test_what_is_no_score_table_is_refused(rows: list[dict[str, str]], code: str) -> None:
    with pytest.raises(Problem) as refused:
        factors_in(rows)
    assert refused.value.code == code
