"""Other trades of the demo city: notices of purchases, land and property, results, a contract, words of the platform."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import select

from infra.db.work import Database, Work
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.notices.actions import publish_notice
from trading.notices.kinds import Category, NoticeKind
from trading.notices.tables import Notice
from web.demo import cast
from web.i18n import ZONE

CG, TD, CQ, GC = Category.PROCUREMENT, Category.LAND, Category.PROPERTY, Category.CONSTRUCTION
HERE = "云湖市公共资源交易中心（示例） 0000-12345"
FINISHED = "YH-GC-2026-1203/01"


class Told(NamedTuple):
    """One notice: its end so many days ahead at an hour, what it says, and what it said before a correction."""

    kind: NoticeKind
    category: Category
    title: str
    project: str
    days: int | None = None
    hour: time = time(9, 30)
    facts: Mapping[str, str] = MappingProxyType({})
    candidates: tuple[tuple[str, str], ...] = ()
    before: Mapping[str, str] | None = None
    section: str | None = None


def _purchase(
    title: str,
    number: str,
    days: int,
    hour: time,
    budget: str,
    said: dict[str, str],
    before: dict[str, str] | None = None,
) -> Told:
    facts = {"ceiling": budget, **said, "contacts": HERE}
    earlier = {**facts, **before} if before else None
    return Told(NoticeKind.TENDER, CG, f"{title}公开招标公告", number, days, hour, facts, before=earlier)


TOLD = (
    Told(
        NoticeKind.PLATFORM,
        Category.OTHER,
        "关于评标委员会成员逐项打分全量公开的通知",
        "云湖市公共资源交易平台",
        facts={"text": "自本通知发布之日起，每位评委对每份投标文件的逐项打分在评标结束时一并公布，评委姓名保密。"},
    ),
    Told(
        NoticeKind.PLATFORM,
        Category.OTHER,
        "模拟开标演练每周三 15:00 举行，欢迎投标人报名",
        "云湖市公共资源交易平台",
        facts={"text": "演练标段带有水印，不产生任何法律效力。请提前完成设备检测并做好签名密钥。", "contacts": HERE},
    ),
    Told(
        NoticeKind.CONTRACT,
        GC,
        "云湖第三水厂扩建工程 施工 01 标段合同公告",
        cast.FIELDS["name"],
        section=FINISHED,
        facts={
            "contract_amount": "9310000.00",
            "contract_period": "325 天",
            "changes": "无",
            "payments": "预付款 10%：931,000.00 元，签约后 14 天内支付\n其余按月进度支付 80%",
        },
    ),
    Told(
        NoticeKind.AWARD,
        CG,
        "云湖市人民医院彩色多普勒超声诊断系统采购项目中标结果公告",
        "YH-CG-2026-0874",
        facts={"winner": "江南医疗设备有限公司（示例）", "price": "2486000.00"},
        candidates=(("江南医疗设备有限公司（示例）", "2486000.00"),),
    ),
    Told(
        NoticeKind.TERMINATED,
        CG,
        "云湖市政务数据中心机房空调更新采购项目终止公告",
        "YH-CG-2026-0912",
        facts={"reason": "采购需求发生重大变化，采购人决定终止本次采购，重新论证后另行公告。", "contacts": HERE},
    ),
    Told(
        NoticeKind.TENDER,
        TD,
        "云湖市 2026-挂-51 号工业用地（标准地）国有建设用地使用权挂牌出让公告",
        "YH-TD-2026-0051",
        22,
        time(10),
        {
            "scope": "长垣工业园区经三路以东、纬五路以北，工业用地，出让年限 50 年",
            "scale": "出让面积 48,620 平方米，容积率不低于 1.2",
            "price": "起始价 2,460 万元，增价幅度 20 万元，竞买保证金 500 万元",
            "contacts": HERE,
        },
    ),
    Told(
        NoticeKind.TENDER,
        CQ,
        "云湖公交集团报废新能源车辆 62 台打包转让公告",
        "YH-CQ-2026-0018",
        11,
        time(17),
        {
            "scope": "纯电动公交车 62 台及附属充电设备，整体转让，现状交付",
            "price": "挂牌价 318 万元，自由报价后限时竞价",
            "contacts": HERE,
        },
    ),
    Told(
        NoticeKind.CANDIDATES,
        CG,
        "云湖市中小学食堂大宗食材配送（A 包）中标候选人公示",
        "YH-CG-2026-0951",
        2,
        time(18),
        {"publicity_note": "对结果有异议的，请在公示期内以书面形式向采购人提出。"},
        (
            ("云湖鲜达农产品配送有限公司（示例）", "下浮率12.50%"),
            ("绿野供应链有限公司（示例）", "下浮率11.80%"),
            ("金穗食品有限公司（示例）", "下浮率10.20%"),
        ),
    ),
    Told(
        NoticeKind.CANDIDATES,
        GC,
        "云湖市 2026 年度农村公路养护工程设计施工总承包（EPC）中标候选人公示",
        "YH-GC-2026-1288",
        1,
        time(17, 30),
        {"publicity_note": "公示期满无异议的，确定第一中标候选人为中标人。"},
        (
            ("楚北公路工程有限公司（示例）", "15268400.00"),
            ("云湖路桥建设有限公司（示例）", "15420000.00"),
            ("清江交通建设有限公司（示例）", "15633800.00"),
        ),
    ),
    _purchase(
        "云湖市公安局视频云存储扩容项目",
        "YH-CG-2026-0968",
        8,
        time(9, 30),
        "12800000.00",
        {
            "scope": "视频云存储节点 24 台及配套软件、三年维保",
            "qualification": "满足政府采购法第二十二条规定；不接受联合体",
        },
        {
            "scope": "视频云存储节点 20 台及配套软件、三年维保",
            "qualification": "满足政府采购法第二十二条规定；同类业绩两项；不接受联合体",
        },
    ),
    _purchase(
        "全市政务外网运维服务（2027—2029 年）",
        "YH-CG-2026-0974",
        1,
        time(14, 30),
        "5640000.00",
        {"scope": "骨干网、接入网设备运行维护与值守", "qualification": "满足政府采购法第二十二条规定"},
    ),
    _purchase(
        "云湖市中心医院 3.0T 磁共振成像系统采购（包 2）",
        "YH-CG-2026-0979",
        4,
        time(10),
        "16800000.00",
        {"scope": "3.0T 磁共振成像系统一套，含机房改造与培训", "qualification": "医疗器械经营许可；不接受联合体"},
    ),
)


async def bring_notices(database: Database) -> None:
    """Publish them, the oldest first, once; a corrected one as two versions."""
    async with database.reading() as session:
        there = set(await session.scalars(select(Notice.title).where(Notice.superseded_at.is_(None))))
    for told in TOLD:
        if told.title not in there:
            await _publish(database, told)


async def _publish(database: Database, told: Told) -> None:
    async with database.work(SYSTEM) as work:
        today = work.ctx.now.astimezone(ZONE).date()
        first = await _version(work, told, today, told.before, None) if told.before else None
    async with database.work(SYSTEM) as work:
        await _version(work, told, today, told.facts, first.id if first else None)


async def _version(work: Work, told: Told, today: date, facts: Mapping[str, str], corrects: str | None) -> Notice:
    notice = await publish_notice(
        work,
        kind=told.kind,
        category=told.category,
        region=cast.REGION,
        title=told.title,
        project=told.project,
        section=told.section,
        closes_at=_end(told, today, shorter=told.before is not None and corrects is None),
        facts=facts,
        candidates=_ranked(told),
        corrects=corrects,
    )
    work.record(
        Event.NOTICE_IMPORTED, "demo", region=cast.REGION, new=0 if corrects else 1, versions=1 if corrects else 0,
        digest=b64(notice.content_hash),
    )  # fmt: skip
    return notice


def _end(told: Told, today: date, *, shorter: bool) -> datetime | None:
    """A correction leaves more time than what it replaces."""
    if told.days is None:
        return None
    return datetime.combine(today + timedelta(days=told.days - (3 if shorter else 0)), told.hour, ZONE)


def _ranked(told: Told) -> list[dict[str, Any]]:
    return [{"rank": n, "bidder": name, "price_text": price} for n, (name, price) in enumerate(told.candidates, 1)]
