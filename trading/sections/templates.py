"""Scoring methods to start from, one for each way to judge prices; each is a whole method that could be issued as it is."""

from trading.regimes.regime import PROCUREMENT, Regime, Rule
from trading.sections.purchase_templates import PURCHASES
from trading.sections.template_parts import Clause, Template, check, item, label, twenty_five, words

PRICES = "投标报价"
"""The clause on prices: what it asks for cannot be examined while prices lie in a second envelope."""
_TIES = ["price", "technical", "procuring_entity"]
_COMMON: tuple[Clause, ...] = (
    (
        "投标人须知",
        "投标文件按本平台规定的部分分别封存，截止时间前可以替换、撤回；截止时间即开标时间（招标投标法第三十四条）。",
    ),
    ("资格审查", "采用资格后审，由评标委员会按本文件公布的资格条件审查（招标投标法实施条例第二十条）。"),
    (PRICES, "只能有一个报价，以人民币元计，精确到分；不得低于成本，不得超过公布的最高投标限价。"),
    ("否决投标", "仅在招标投标法实施条例第五十一条规定的情形下否决投标，并说明理由。"),
)
_PLAN = (
    "完整可行，针对本标段的重点难点有具体措施和计算依据",
    "完整可行，重点难点有措施，但不够具体",
    "基本完整，多为通用做法，未结合本标段",
    "有明显缺漏，或措施不能用于本标段",
)
_PEOPLE = (
    "岗位齐全，主要人员均有同类工程业绩，分工与到岗时间明确",
    "岗位齐全，主要人员多数有同类工程业绩",
    "岗位基本齐全，同类工程业绩较少",
    "关键岗位缺人，或人员与其他项目冲突",
)
_SERVICE = (
    "进度、人员、响应时限逐项承诺，并有可核验的保障措施",
    "承诺明确，保障措施较一般",
    "承诺笼统，缺少保障措施",
    "未承诺或与招标文件要求相抵触",
)


_TWENTY = ("20", "17", "16.5", "12", "11.5", "6", "5.5", "0")
_FIFTEEN = ("15", "13", "12.5", "9", "8.5", "4.5", "4", "0")
_EXAMINED = (
    check(1, "form", "投标文件经投标人签章", "Signed and sealed by the bidder", "投标人须知", "TBR 51(1)"),
    check(2, "form", "联合体投标附共同投标协议", "A consortium hands in its agreement", "投标人须知", "TBR 51(2)"),
    check(3, "qualification", "营业执照、资质等级符合要求", "Licence and grade as required", "资格审查", "TBR 51(3)"),
    check(
        4, "qualification", "项目负责人的注册证书符合要求", "Leader's certificate as required", "资格审查", "TBR 51(3)"
    ),
    check(5, "responsiveness", "只有一个报价，未附条件", "One price without conditions", PRICES, "TBR 51(4)"),
    check(
        6,
        "responsiveness",
        "报价不低于成本、不超过最高投标限价",
        "Price not below cost nor above the ceiling",
        PRICES,
        "TBR 51(5)",
    ),
    check(
        7,
        "responsiveness",
        "工期、质量等实质性要求均响应",
        "Answers every essential requirement",
        "否决投标",
        "TBR 51(6)",
    ),
    check(8, "responsiveness", "无串通投标、弄虚作假、行贿", "No collusion, fraud or bribery", "否决投标", "TBR 51(7)"),
)
"""The grounds of TBR 51, each with the clause of the template that it stands on; the clerk adds what the tender asks for."""

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
            "items": [item("t1", "technical", "20"), item("t2", "technical", "15"), item("c1", "commercial", "15")],
            "judges": {"trim_from": 5},
            "tie": _TIES,
            "places": 2,
        },
        {
            "t1": label("施工组织设计", "Construction plan", _TWENTY, _PLAN),
            "t2": label("质量与安全措施", "Quality and safety", _FIFTEEN, _PLAN),
            "c1": label("项目管理机构", "Project organisation", _FIFTEEN, _PEOPLE),
        },
        (*_COMMON, ("评标办法", "综合评估法：投标报价按评标基准价计分，技术与商务由评委独立打分。")),
        _EXAMINED,
    ),
    # 综合评估法，低价优先: V1 of rules/trading.md, with objective items that follow from the bid.
    "lowest_price_first": Template(
        {
            "price": {"kind": "lowest_price_first", "weight": "40"},
            "items": [
                item("t1", "technical", "25"),
                item("t2", "technical", "15"),
                item("o1", "commercial", "20", "1", "objective"),
            ],
            "judges": {"trim_from": None},
            "tie": _TIES,
            "places": 2,
        },
        {
            "t1": label("技术方案", "Technical proposal", twenty_five, _PLAN),
            "t2": label("实施与服务保障", "Delivery and service", _FIFTEEN, _SERVICE),
            "o1": label("类似业绩与人员证书", "Similar works and certificates") | {"anchors": words},
        },
        (*_COMMON, ("评标办法", "综合评估法：有效报价中最低者得满分，其余按最低报价与其报价之比计分。")),
        _EXAMINED,
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
        _EXAMINED,
    ),
    **PURCHASES,
}


def templates_for(regime: Regime) -> list[str]:
    """The names of those that could be issued under a rule set, in their order."""
    purchase = regime.kind == PROCUREMENT
    kinds = regime.words(Rule.METHODS)
    return [
        name
        for name, one in TEMPLATES.items()
        if (name in PURCHASES) == purchase and one.method["price"]["kind"] in kinds
    ]
