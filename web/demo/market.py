"""The demo city's marketplace: a catalogue, 120 agencies and 500 contracts of three years, honest, new and gaming firms."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from infra.auth.organisations import register
from infra.db.work import Database, Work
from infra.kernel.context import SYSTEM
from marketplace.agencies.actions import Offer, Taken, admit_agency, deduct, inspect_agency, offer_services, take_over
from marketplace.agencies.rating import rate_all
from marketplace.agencies.tables import Agency, Severity
from marketplace.catalogue.items import SEED, Item, enter_items, read_items
from marketplace.contracts.tables import Fee
from web.demo import cast
from web.demo.dice import Dice

AGENCIES, CONTRACTS = 120, 500
OF = "原网上中介超市历史合同（示例）"
STEMS = (
    "禾源",
    "中岭",
    "江东",
    "北湾",
    "东澜",
    "绿岸",
    "恒测",
    "正信",
    "远图",
    "博建",
    "清源",
    "同创",
    "华勘",
    "明德",
    "安衡",
    "天成",
    "诚达",
    "方圆",
    "启航",
    "云川",
)
TRADES = {
    "assessment": "环境咨询",
    "drawing": "工程设计",
    "survey": "勘测规划",
    "testing": "检测技术",
    "finance": "工程咨询",
}
ENDS = ("有限公司", "股份有限公司", "事务所", "研究院有限公司")
OWNERS = (
    "云湖港务",
    "云湖交投",
    "高新区管委会",
    "第三水厂",
    "云湖文旅",
    "东片开发",
    "职教园",
    "中心医院",
    "云湖新能源",
    "智造园",
    "老城更新",
    "城西学校",
)
WORDS = (
    "一次过审，沟通顺畅。",
    "比约定早三天交付。",
    "图纸有错漏，补正后通过。",
    "延期较多，需要反复催促。",
    "报告清楚，专家评价好。",
    "价格合适，服务周到。",
    "资料要求说明不清。",
    "",
)


async def bring_market(database: Database) -> int:
    """Furnish the marketplace once; how many agencies it has. The same seed gives the same market."""
    async with database.reading() as session:
        found = (await session.execute(select(func.count()).select_from(Agency))).scalar_one()
    if found:
        return int(found)
    items, dice = read_items(SEED.read_text("utf-8")), Dice("云湖中介超市")
    async with database.work(SYSTEM) as work:
        await enter_items(work, cast.REGION, items)
    agencies = [await _agency(database, dice, items, number) for number in range(AGENCIES)]
    await _contracts(database, dice, items, agencies)
    await _events(database, dice, [one for one, _, _ in agencies])
    return await rate_all(database, cast.REGION)


async def _agency(database: Database, dice: Dice, items: Sequence[Item], number: int) -> tuple[str, list[Item], str]:
    """One agency of a trade and a manner: steady, fair, poor, new or gaming."""
    trade = list(TRADES)[number % len(TRADES)]
    own = [one for one in items if one.category == trade]
    offered = sorted({dice.below(len(own)) for _ in range(dice.between(1, 4))})
    name = (
        f"云湖{STEMS[number % len(STEMS)]}{TRADES[trade]}{ENDS[number // len(STEMS) % len(ENDS)]}（示例{number + 1}）"
    )
    manner = ("leading", "steady", "fair", "fair", "fair", "poor", "new", "gaming")[dice.below(8)]
    async with database.work(SYSTEM) as work:
        body = await register(work, cast.code(7000 + number), name, cast.REGION)
        made = await admit_agency(
            work, body.id, founded=dice.between(1998, 2024), practitioners=dice.between(3, 80), phone="0000-00000",
            capacity=dice.between(3, 9),
        )  # fmt: skip
        await offer_services(work, made.id, [_offer(dice, own[at], work.ctx.now) for at in offered])
        if manner != "new":
            low = {"leading": 88, "steady": 82, "fair": 68, "poor": 52, "gaming": 66}[manner]
            await inspect_agency(work, made.id, Decimal(min(100, low + dice.below(12))))
    return made.id, [own[at] for at in offered], manner


def _offer(dice: Dice, item: Item, now: datetime) -> Offer:
    until = (now + timedelta(days=dice.between(30, 900))).date() if item.qualification else None
    price = dice.between(8, 120) * 500_00 if dice.chance(70) else None
    return Offer(item.code, max(1, item.promised_days - dice.below(4)), price, item.qualification, until)


async def _contracts(
    database: Database, dice: Dice, items: Sequence[Item], agencies: Sequence[tuple[str, list[Item], str]]
) -> None:
    shares = {"leading": 4, "gaming": 2, "new": 0}
    busy = [one for one in agencies for _ in range(shares.get(one[2], 1))]
    async with database.work(SYSTEM) as work:
        found = [_contract(work, dice, *busy[number % len(busy)], number) for number in range(CONTRACTS - 12)]
        fresh = [one for one in agencies if one[2] == "new"][:12]
        found += [_contract(work, dice, *one, CONTRACTS) for one in fresh]
        await take_over(work, found)


def _contract(work: Work, dice: Dice, agency: str, items: Sequence[Item], manner: str, number: int) -> Taken:
    item = dice.one_of(items)
    recent = {"new": 120, "gaming": 120, "leading": 500}.get(manner, 1090)
    accepted = work.ctx.now - timedelta(days=dice.between(5, recent), minutes=number)
    base = {"leading": 5, "steady": 5, "fair": 4, "poor": 3, "new": 5, "gaming": 5}[manner]
    owner = OWNERS[0] if manner == "gaming" else dice.one_of(OWNERS)
    promised = max(2, item.promised_days - dice.below(3))
    late = {"leading": 3, "steady": 5, "fair": 20, "poor": 55, "new": 0, "gaming": 0}[manner]
    actual = promised + (dice.between(1, promised) if dice.chance(late) else -dice.below(min(3, promised)))
    ceiling = dice.between(20, 160) * 500_00
    less = 4 if manner == "leading" else 1
    stars = [max(1, base - dice.below(less + 1) // less) for _ in range(5)]
    judged = 3 if manner == "gaming" else base
    department = [max(1, judged - dice.below(less + 1) // less) for _ in range(2)]
    return Taken(
        agency=agency, item=item.code, title=f"{owner}{item.name}", owner=f"{owner}（示例）", owner_group=owner,
        price=ceiling * dice.between(62, 99) // 100, ceiling=ceiling, promised_days=promised, actual_days=max(1, actual),
        signed_at=accepted - timedelta(days=max(2, actual) * 2), accepted_at=accepted, of=OF,
        mode=dice.one_of(("lottery", "lowest_price", "trimmed_mean_k", "scored", "direct")), fiscal=dice.chance(40),
        returned=dice.below(2) if manner == "poor" else 0,
        fee=Fee.KEPT if dice.chance(92) else dice.one_of((Fee.SUPPLEMENT, Fee.ABOVE)),
        owner_stars=stars if dice.chance(90) else (), department_stars=department if dice.chance(80) else (),
        owner_words=dice.one_of(WORDS),
    )  # fmt: skip


async def _events(database: Database, dice: Dice, agencies: Sequence[str]) -> None:
    told = (
        (Severity.MINOR, Decimal(1), "合同逾期备案", 60),
        (Severity.GENERAL, Decimal(5), "中选后放弃", 200),
        (Severity.GENERAL, Decimal(3), "成果两次被退回", 150),
        (Severity.SERIOUS, Decimal(20), "出具虚假报告，已查实", 900),
    )
    async with database.work(SYSTEM) as work:
        for place, (severity, points, words, days) in enumerate((*told, *told[:3], *told[:2])):
            agency = agencies[(dice.below(len(agencies)) + place) % len(agencies)]
            await deduct(work, agency, severity, points, words, work.ctx.now + timedelta(days=days))
