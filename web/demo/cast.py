"""Who plays: invented bodies, bidders with the prices of worked example V2, experts. All names are made up."""

from decimal import Decimal
from typing import Any, NamedTuple

from stdnum.cn import ric, uscc

REGION = "429900"


class Body(NamedTuple):
    """An invented organisation."""

    login: str
    name: str
    credit_code: str


class BidderRole(NamedTuple):
    """A bidder with its price in yuan, duration in days, project leader, and the size of its technical file in MB."""

    body: Body
    price: str
    duration: str
    leader: str
    megabytes: int


class ExpertRole(NamedTuple):
    """An expert with invented identity, employer and specialties."""

    name: str
    identity: str
    employer: str | None
    specialties: tuple[str, ...]


POOL = (("pool1", "专家库管理处 甲（示例）"), ("pool2", "专家库管理处 乙（示例）"))
"""Two people who keep the pool: nobody enters an expert alone."""
EXPERT_LOGINS = ("expert1", "expert2", "expert3")
"""Accounts of the first experts of the pool."""


def code(serial: int, kind: str = "91") -> str:
    """A credit code with a right check digit in the range of no real region; `kind` 11 is an office, 12 an institution."""
    stem = f"{kind}{REGION}MA{serial:07d}"
    return stem + str(uscc.calc_check_digit(stem))


def resident(serial: int) -> str:
    """A resident number with a right check digit, of a place that does not exist."""
    stem = f"{REGION}19700101{serial:03d}"
    return stem + str(ric.calc_check_digit(stem + "0"))


PROCURER = Body("procurer", "云湖市水务建设管理局（示例）", code(1))
AGENT = Body("agent", "云湖公正工程招标代理有限公司（示例）", code(2))
CENTRE = Body("centre", "云湖市公共资源交易中心（示例）", code(3))
SUPERVISOR = Body("supervisor", "云湖市公共资源交易监督管理局（示例）", code(4))

_NAMES = (
    "云湖建工集团", "东江路桥", "北辰市政工程", "华岳水利建设", "金堤建设", "南屏城建", "瑞丰工程",
    "长垣基础工程", "清源水电建设",
)  # fmt: skip
_PRICES = (
    "9850000.00", "9620000.00", "9480000.00", "9730000.00", "9310000.00", "9560000.00", "8900000.00",
    "9400000.00", "9500000.00",
)  # fmt: skip
_LEADERS = ("陆明远", "秦若川", "顾长风", "沈一舟", "温如海", "叶知秋", "江临", "白景川", "晏知远")
_SIZES = (20, 6, 3, 12, 8, 5, 2, 4, 1)

BIDDERS = tuple(
    BidderRole(
        Body(f"bidder{number}", f"{name}有限公司（示例）", code(100 + number)),
        price,
        str(300 + 5 * number),
        leader,
        size,
    )
    for number, (name, price, leader, size) in enumerate(zip(_NAMES, _PRICES, _LEADERS, _SIZES, strict=True), 1)
)

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"
_GIVEN = "文博思远嘉宁景行怀瑾"
WORKS, COST = "A08", "A06"


def _expert(number: int) -> ExpertRole:
    name = _SURNAMES[number % len(_SURNAMES)] + _GIVEN[number % 5 * 2 : number % 5 * 2 + 2]
    employer = None if number % 9 == 0 else code(500 + number % 17)
    specialties = (WORKS, COST) if number % 7 == 0 else (WORKS,) if number % 3 else (COST,)
    return ExpertRole(name, f"resident:{resident(number)}", employer, specialties)


EXPERTS = tuple(_expert(number) for number in range(1, 61))

METHOD: dict[str, Any] = {
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
    "items": [
        {"id": "t1", "group": "technical", "kind": "subjective", "max": "20", "step": "0.5"},
        {"id": "t2", "group": "technical", "kind": "subjective", "max": "15", "step": "0.5"},
        {"id": "c1", "group": "commercial", "kind": "subjective", "max": "15", "step": "0.5"},
    ],
    "judges": {"trim_from": 5},
    "tie": ["price", "technical", "procuring_entity"],
    "places": 2,
}
LABELS: dict[str, Any] = {
    "t1": {"zh": "施工组织设计", "en": "Construction plan"},
    "t2": {"zh": "质量与安全措施", "en": "Quality and safety"},
    "c1": {"zh": "项目管理机构", "en": "Project organisation"},
}
REASONS = {
    "t1": "施工组织设计与本工程衔接不够，停水切换的步骤和回退条件未写明，酌情扣分。",
    "t2": "质量与安全措施多为通用条款，缺少针对深基坑和临水作业的具体做法。",
    "c1": "项目管理机构人员配备满足要求，但类似工程经验偏少。",
}
PINNED = ("t1", "t2")
HEADINGS = {
    "scope": "招标范围",
    "scale": "建设规模",
    "funding": "资金来源",
    "qualification": "投标人资格",
    "consortium": "联合体",
    "submission": "投标文件递交",
    "contacts": "联系方式",
}
FIELDS = {
    "name": "云湖第三水厂扩建工程 施工 01 标段",
    "scope": "取水泵房、净水构筑物、清水池及厂区管线的施工",
    "scale": "日供水能力由 6 万立方米扩至 10 万立方米",
    "funding": "财政资金，已落实",
    "qualification": "市政公用工程施工总承包贰级及以上",
    "consortium": "不接受联合体",
    "documents": "在本平台免费下载，不需报名",
    "submission": "在本平台加密上传，截止前可替换、撤回",
    "contacts": "云湖公正工程招标代理有限公司（示例） 0000-12345",
    "platform": "云湖市公共资源交易平台",
}


def mark(judge: int, bidder: int, item: int, most: int) -> str:
    """A believable mark in steps of a half: the bidder's quality, the judge's leaning, the item's character."""
    base = most * (62 + (bidder * 17 + item * 11) % 30 + (judge * 7 + bidder * 3) % 9) // 100
    halves = min(2 * base + (judge + bidder + item) % 2, 2 * most)
    return f"{halves // 2}.{'5' if halves % 2 else '0'}"


def is_low(item: str, given: str) -> bool:
    """Whether a judge of the demonstration says why: below 70 % of the item's maximum."""
    most = next(Decimal(str(one["max"])) for one in METHOD["items"] if one["id"] == item)
    return Decimal(given) < most * Decimal("0.7")


def reason(item: str) -> str:
    """Why a judge of the demonstration took marks away."""
    return REASONS[item]
