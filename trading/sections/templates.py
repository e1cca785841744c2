"""Scoring methods to start from, one for each way to judge prices; each is a whole method that could be issued as it is."""

from typing import Any, NamedTuple

Clause = tuple[str, str]


class Template(NamedTuple):
    """A scoring method with its items' names and anchors, the clauses that go with it, and what is examined before."""

    method: dict[str, Any]
    labels: dict[str, dict[str, Any]]
    clauses: tuple[Clause, ...]
    examination: tuple[dict[str, str], ...] = ()


_TIES = ["price", "technical", "procuring_entity"]
_COMMON: tuple[Clause, ...] = (
    (
        "投标人须知",
        "投标文件按本平台规定的部分分别封存，截止时间前可以替换、撤回；截止时间即开标时间（招标投标法第三十四条）。",
    ),
    ("资格审查", "采用资格后审，由评标委员会按本文件公布的资格条件审查（招标投标法实施条例第二十条）。"),
    ("否决投标", "仅在招标投标法实施条例第五十一条规定的情形下否决投标，并说明理由。"),
)
_BANDS = (
    "优（{a}）：完整、可行，针对本标段的重点难点有具体措施\n"
    "良（{b}）：完整、可行，措施较一般\n"
    "差（{c}）：有缺漏，或措施不针对本标段"
)


def _item(name: str, group: str, most: str, step: str = "0.5", kind: str = "subjective") -> dict[str, str]:
    return {"id": name, "group": group, "kind": kind, "max": most, "step": step}


def _label(zh: str, en: str, *bands: str) -> dict[str, str]:
    label = {"zh": zh, "en": en}
    return label | {"anchors": _BANDS.format(a=bands[0], b=bands[1], c=bands[2])} if bands else label


_OBJECTIVE = "按证明材料逐项计分，缺一项扣 1 分，扣完为止"

TEMPLATES: dict[str, Template] = {
    # 综合评估法: V2 of rules/trading.md; O1117 wants the benchmark's terms written out.
    "benchmark": Template(
        {
            "price": {
                "kind": "benchmark",
                "weight": "50",
                "trim_from": 5,
                "drop_high": 1,
                "drop_low": 1,
                "k": "0.02",
                "above": "1",
                "below": "0.5",
            },
            "items": [_item("t1", "technical", "20"), _item("t2", "technical", "15"), _item("c1", "commercial", "15")],
            "judges": {"trim_from": 5},
            "tie": _TIES,
            "places": 2,
        },
        {
            "t1": _label("施工组织设计", "Construction plan", "16–20", "11–15.5", "0–10.5"),
            "t2": _label("质量与安全措施", "Quality and safety", "12–15", "8–11.5", "0–7.5"),
            "c1": _label("项目管理机构", "Project organisation", "12–15", "8–11.5", "0–7.5"),
        },
        (*_COMMON, ("评标办法", "综合评估法：投标报价按评标基准价计分，技术与商务由评委独立打分。")),
    ),
    # 综合评估法，低价优先: V1 of rules/trading.md, with objective items that follow from the bid.
    "lowest_price_first": Template(
        {
            "price": {"kind": "lowest_price_first", "weight": "40"},
            "items": [
                _item("t1", "technical", "25"),
                _item("t2", "technical", "15"),
                _item("o1", "commercial", "20", "1", "objective"),
            ],
            "judges": {"trim_from": None},
            "tie": _TIES,
            "places": 2,
        },
        {
            "t1": _label("技术方案", "Technical proposal", "20–25", "13–19.5", "0–12.5"),
            "t2": _label("实施与服务保障", "Delivery and service", "12–15", "8–11.5", "0–7.5"),
            "o1": _label("类似业绩与人员证书", "Similar works and certificates") | {"anchors": _OBJECTIVE},
        },
        (*_COMMON, ("评标办法", "综合评估法：有效报价中最低者得满分，其余按最低报价与其报价之比计分。")),
    ),
    # 经评审的最低投标价法 (TBL 41): V3 of rules/trading.md; there is nothing for judges to mark.
    "lowest_evaluated": Template(
        {
            "price": {"kind": "lowest_evaluated"},
            "items": [],
            "judges": {"trim_from": None},
            "tie": ["price", "procuring_entity"],
            "places": 2,
        },
        {},
        (
            *_COMMON,
            ("评标办法", "经评审的最低投标价法：满足实质性要求、按本条折算后报价最低者中标，合同价为其投标报价。"),
            ("量化折算", "工期每超一日加 2000 元；缺漏项按其他有效投标的最高报价计入。低于成本报价的不予采用。"),
        ),
    ),
}
