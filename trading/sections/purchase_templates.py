"""Scoring methods to start from in government procurement: 综合评分法 and 最低评标价法, each as it could be issued."""

from trading.sections.template_parts import Clause, Template, check, item, label, twenty_five, words

PREFIX = "gp_"
_COMMON: tuple[Clause, ...] = (
    (
        "投标人须知",
        "投标文件按本平台规定的部分分别封存，截止时间前可以替换、撤回；截止时间即开标时间（财政部令第87号第三十九条）。",
    ),
    (
        "资格审查",
        "开标结束后，采购人依法对投标人的资格进行审查；合格投标人不足三家的，不得评标（财政部令第87号第四十四条）。",
    ),
    ("投标报价", "只能有一个报价，以人民币元计，精确到分；不得超过采购预算和公布的最高限价。"),
    ("投标无效", "仅在财政部令第87号第六十三条规定的情形下认定投标无效，并说明理由。"),
)
_EXAMINED = (
    check(1, "qualification", "营业执照等证明文件", "Business licence and like proof", "资格审查", "M87 63(3)"),
    check(2, "qualification", "具备招标文件规定的资格条件", "Qualified as the document asks", "资格审查", "M87 63(3)"),
    check(3, "form", "按要求签署、盖章", "Signed and sealed as asked", "投标人须知", "M87 63(2)"),
    check(
        4,
        "responsiveness",
        "报价不超过预算金额和最高限价",
        "Price within budget and ceiling",
        "投标报价",
        "M87 63(4)",
    ),
    check(5, "responsiveness", "不含采购人不能接受的附加条件", "No conditions attached", "投标无效", "M87 63(5)"),
    check(6, "responsiveness", "实质性条款均响应", "Answers every essential requirement", "投标无效", "M87 63(6)"),
    check(7, "responsiveness", "无串通投标情形", "No collusion", "投标无效", "M87 37"),
    check(8, "form", "按规定提交投标保证金", "Bid security as asked", "投标人须知", "M87 63(1)"),
)
_TECHNICAL = (
    "全部满足并优于采购需求，有检测报告或业绩佐证",
    "全部满足采购需求，佐证较充分",
    "基本满足采购需求，佐证不足",
    "多处偏离采购需求",
)
_SERVICE = (
    "响应时限、人员、备件逐项承诺，有可核验的保障措施",
    "承诺明确，保障措施一般",
    "承诺笼统，缺少保障措施",
    "未承诺或与招标文件要求相抵触",
)

PURCHASES: dict[str, Template] = {
    # 政府采购综合评分法 (M87 55): price score of V1 of rules/trading.md, its weight within the law's bounds for goods.
    f"{PREFIX}lowest_price_first": Template(
        {
            "price": {"kind": "lowest_price_first", "weight": "30"},
            "items": [
                item("t1", "technical", "25"),
                item("t2", "technical", "25"),
                item("o1", "commercial", "20", "1", "objective"),
            ],
            "judges": {"trim_from": None},
            "tie": ["price", "procuring_entity"],
            "places": 2,
        },
        {
            "t1": label("技术参数响应", "Technical response", twenty_five, _TECHNICAL),
            "t2": label("供货与售后服务", "Delivery and after-sales service", twenty_five, _SERVICE),
            "o1": label("同类业绩与认证", "Similar contracts and certificates") | {"anchors": words},
        },
        (
            *_COMMON,
            (
                "评标办法",
                "综合评分法：价格分＝最低评标价÷评标价×价格权重，不去掉最高、最低报价。",
            ),
        ),
        _EXAMINED,
    ),
    # 最低评标价法 (M87 54): nothing is marked.
    f"{PREFIX}lowest_evaluated": Template(
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
            ("评标办法", "最低评标价法：满足全部实质性要求且评标价最低的投标人为中标候选人，合同价为其投标报价。"),
        ),
        _EXAMINED,
    ),
}
