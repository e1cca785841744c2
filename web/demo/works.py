"""What the demo city builds: tenders of different bodies, each with its own scope, ceiling and funding. All invented."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from infra.auth.organisations import find_organisation, register
from infra.db.work import Database
from infra.kernel.context import SYSTEM
from trading.sections.actions import BILL, PARTS
from web.demo import cast
from web.demo.people import People

HOUSING = cast.Body("housing", "云湖市住房和城乡建设局（示例）", cast.code(11, "11"))
TRANSPORT = cast.Body("transport", "云湖市交通运输局（示例）", cast.code(12, "11"))
SCHOOL = cast.Body("school", "云湖市第二中学（示例）", cast.code(13, "12"))
PARK = cast.Body("park", "云湖长垣工业园区管理委员会（示例）", cast.code(14, "11"))
SPORTS = cast.Body("sports", "云湖市文化体育和旅游局（示例）", cast.code(15, "11"))
ARCHIVES = cast.Body("archives", "云湖市档案馆（示例）", cast.code(16, "12"))
ENTITIES = (HOUSING, TRANSPORT, SCHOOL, PARK, SPORTS, ARCHIVES)

_SPREAD = Decimal("0.001")


class Tender(NamedTuple):
    """One tender: its code, title, whose it is, ceiling in yuan, days of work, what its notice says.

    `usual` leaves the cast's own prices (worked example V2) as they are. With an `estimate` 标底 in yuan, which the owner
    seals, the owner must be one who can sign in.
    """

    code: str
    title: str
    owner: cast.Body = cast.PROCURER
    ceiling: str = "10000000.00"
    days: int = 300
    scope: str = cast.FIELDS["scope"]
    scale: str = cast.FIELDS["scale"]
    funding: str = cast.FIELDS["funding"]
    qualification: str = cast.FIELDS["qualification"]
    usual: bool = False
    two_envelope: bool = False
    blind: tuple[str, ...] = ()
    bill: bool = False
    estimate: str | None = None

    @property
    def fields(self) -> dict[str, str]:
        """The words of the tender notice by field."""
        own = {"scope": self.scope, "scale": self.scale, "funding": self.funding, "qualification": self.qualification}
        return {**cast.FIELDS, **own, "name": self.title}

    @property
    def terms(self) -> dict[str, Any]:
        """How bids of the section are made and opened, as `create_section` takes it."""
        parts = (BILL, *PARTS) if self.bill else PARTS
        return {"two_envelope": self.two_envelope, "blind": self.blind, "parts": parts}

    def bidders(self, count: int) -> list[cast.BidderRole]:
        """So many of the cast, with prices below this ceiling and durations around these days."""
        if self.usual:
            return list(cast.BIDDERS[:count])
        first = int(self.code[-2:]) % len(cast.BIDDERS)
        turned = (*cast.BIDDERS[first:], *cast.BIDDERS[:first])
        return [self.offer(place, one) for place, one in enumerate(turned[:count])]

    def offer(self, place: int, one: cast.BidderRole) -> cast.BidderRole:
        """The bidder's usual share of the ceiling, a little up or down with the tender."""
        shift = (int(self.code[-2:]) * 37 + place * 53) % 31 - 15
        price = Decimal(self.ceiling) * Decimal(one.price) / 10_000_000 * (1 + shift * _SPREAD)
        return one._replace(price=f"{price:.2f}", duration=str(self.days - 5 * (place % 4)))


FINISHED = Tender("YH-GC-2026-1203", cast.FIELDS["name"], usual=True)
RENEWAL = Tender(
    "", "云湖市城区供水管网改造工程（二期）施工 01 标段", ceiling="12860000.00", days=240,
    scope="DN100 至 DN600 老旧供水管道更新、二次供水泵房改造与分区计量", scale="管道 38.6 千米，泵房 24 座，惠及 1.9 万户",
    funding="中央预算内投资与市级配套，已落实",
)  # fmt: skip
SEWERS = Tender(
    "YH-GC-2026-1305", "北辰大道雨污分流改造工程 施工 01 标段", ceiling="23680000.00", days=270,
    scope="北辰大道（K0+000 至 K3+420）雨水、污水管道新建与接户改造，路面恢复", scale="管道 7.6 千米，检查井 312 座",
    funding="地方政府专项债券，已落实",
)  # fmt: skip
TEACHING = Tender(
    "YH-GC-2026-1306", "云湖市第二中学教学楼扩建工程 施工 01 标段", SCHOOL, "31950000.00", 360,
    "教学综合楼一栋及连廊、室外配套的土建、装饰与安装", "地上五层，建筑面积 8,640 平方米，36 个班",
    "市级财政资金，已落实", "建筑工程施工总承包贰级及以上",
)  # fmt: skip
RESERVOIR = Tender(
    "YH-GC-2026-1307", "南屏水库除险加固工程 施工 01 标段", ceiling="18420000.00", days=300,
    scope="大坝防渗、溢洪道拆除重建、放水涵管改造及安全监测设施", scale="小（1）型水库，总库容 468 万立方米",
    funding="中央水利发展资金与市级配套，已落实", qualification="水利水电工程施工总承包叁级及以上", bill=True,
)  # fmt: skip
RIVERSIDE = Tender(
    "YH-GC-2026-1308", "东江滨河公园景观提升工程 施工 01 标段", HOUSING, "8760000.00", 180,
    "园路铺装、绿化种植、驳岸修整、照明及标识", "沿江 2.3 千米，面积 11.5 万平方米", qualification="具有园林绿化工程施工能力",
)  # fmt: skip
ROADS = Tender(
    "YH-GC-2026-1309", "长垣工业园区道路及管网工程 施工 01 标段", PARK, "46230000.00", 330,
    "经三路、纬五路道路、桥涵、给排水与电力通信管道", "道路 4.1 千米，红线宽 32 米", "园区自筹与专项债券，已落实",
)  # fmt: skip
PARKING = Tender(
    "YH-GC-2026-1310", "金堤片区公共停车场新建工程 施工 01 标段", HOUSING, "15300000.00", 210,
    "地下一层停车库、充电设施与地面绿化", "停车位 286 个，其中充电车位 90 个", qualification="建筑工程施工总承包贰级及以上",
)  # fmt: skip
STADIUM = Tender(
    "YH-GC-2026-1311", "云湖市体育中心改造工程 施工 01 标段", SPORTS, "27400000.00", 240,
    "体育馆屋面与网架加固、看台座椅、灯光及空调更新", "体育馆 4,200 座，建筑面积 1.6 万平方米",
    qualification="建筑工程施工总承包贰级及以上",
)  # fmt: skip
FOOTBRIDGE = Tender("YH-GC-2026-1312", "瑞丰路人行天桥新建工程", TRANSPORT)
MOVING = Tender("YH-GC-2026-1313", "云湖市档案馆迁建工程", ARCHIVES)
DANGEROUS_BRIDGES = Tender(
    "YH-GC-2026-1314", "云湖市 2026 年农村公路危桥改造及安全生命防护工程（第二批）施工 01 标段", TRANSPORT, "19870000.00", 270,
    "9 座四、五类桥梁拆除重建，36.4 千米村道波形护栏与标志标线", "桥梁全长 412 米，涉及 5 个乡镇",
    "车购税补助与市级财政配套，已落实", "公路工程施工总承包贰级及以上",
)  # fmt: skip
DIKE = Tender(
    "YH-GC-2026-1315", "金堤河支堤护岸整治工程 施工 01 标段", ceiling="9640000.00", days=210,
    scope="护岸、堤顶防汛道路与穿堤涵闸", scale="堤长 5.2 千米，涵闸 3 座",
    funding="省级水利专项资金，已落实", qualification="水利水电工程施工总承包叁级及以上",
)  # fmt: skip
TUNNEL = Tender(
    "YH-GC-2026-1316", "清源水库引水隧洞工程 施工 01 标段", ceiling="58640000.00", days=540,
    scope="进水口、引水隧洞（桩号 K0+000 至 K4+260）、出口闸室及监测设施", scale="隧洞长 4.26 千米，设计流量 6.5 立方米每秒",
    funding="省级水利专项资金与市级配套，已落实", qualification="水利水电工程施工总承包贰级及以上",
    two_envelope=True, blind=("technical",), estimate="55180000.00",
)  # fmt: skip
PUMPS = Tender(
    "YH-GC-2026-1317", "东江左岸排涝泵站更新改造工程 施工 01 标段", ceiling="22350000.00", days=300,
    scope="泵房拆除重建，机组、电气、清污与自动化设备更新", scale="3 座泵站，总装机 4,800 千瓦",
    funding="地方政府专项债券，已落实", qualification="水利水电工程施工总承包叁级及以上",
    two_envelope=True, blind=("technical",), estimate="20960000.00",
)  # fmt: skip


async def bring_entities(database: Database, people: People, entities: Sequence[cast.Body] = ENTITIES) -> None:
    """Register the bodies that tenders are for, once; nobody signs in for them: their agent acts."""
    for body in entities:
        async with database.work(SYSTEM) as work:
            known = await find_organisation(work.session, body.credit_code)
            people.bodies[body.login] = known or await register(work, body.credit_code, body.name, cast.REGION)
