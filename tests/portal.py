"""A small portal for tests: a database with hand-made notices and two accounts, served on 127.0.0.1 by a thread."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from applications import app_on
from stdnum.cn import uscc

from infra.auth.accounts import create_account, grant
from infra.auth.organisations import register
from infra.custody.bell import Bell
from infra.db.base import Base
from infra.db.work import Database, Work
from infra.kernel.context import SYSTEM, Role
from infra.live import Hub
from infra.settings import DatabaseAddress, Settings
from trading.notices.actions import publish_notice
from trading.notices.importing import import_file
from trading.notices.kinds import Category, NoticeKind
from web.state import Stack

PASSWORD = "a-long-enough-password"
CREDIT_CODE = "91420500MA48ABCD2" + uscc.calc_check_digit("91420500MA48ABCD2")
FIELDS = {
    "name": "云湖大道北延道路工程",
    "scope": "施工图范围内的全部内容",
    "scale": "全长 4.26 公里",
    "funding": "财政资金，已落实",
    "qualification": "市政公用工程施工总承包二级及以上",
    "contacts": "云湖市住建局，0000-12345",
}


@dataclass(frozen=True)
class Made:
    """The notices made by hand: a tender notice, its correction, candidates in publicity."""

    tender: str
    corrected: str
    candidates: str


async def fill(address: DatabaseAddress, records: Path | None = None) -> Made:
    """Make all tables, publish one notice of each kind, open two accounts; take over the shared records if given."""
    database = Database(address.sqlalchemy)
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        if records is not None:
            await import_file(database, SYSTEM, records, origin="shared-records", region="420500")
        async with database.work(SYSTEM) as work:
            made = await _notices(work)
        async with database.work(SYSTEM) as work:
            await _people(work)
    finally:
        await database.close()
    return made


async def _notices(work: Work) -> Made:
    now, region = work.ctx.now, "420500"
    build = {"category": Category.CONSTRUCTION, "region": region}
    tender = await publish_notice(
        work,
        kind=NoticeKind.TENDER,
        title="云湖大道北延（K0+000–K4+260）道路工程施工一标段招标公告",
        project="云湖大道北延道路工程",
        section="YH-GC-2026-1187/01",
        closes_at=now + timedelta(hours=30),
        facts=FIELDS,
        **build,
    )
    corrected = await publish_notice(
        work,
        kind=NoticeKind.TENDER,
        title="云湖大道北延（K0+000–K4+260）道路工程施工一标段招标公告（更正）",
        project="云湖大道北延道路工程",
        section="YH-GC-2026-1187/01",
        closes_at=now + timedelta(hours=31),
        facts=FIELDS,
        corrects=tender.id,
        **build,
    )
    candidates = await publish_notice(
        work,
        kind=NoticeKind.CANDIDATES,
        title="市图书馆新馆施工中标候选人公示",
        project="市图书馆新馆",
        closes_at=now + timedelta(days=3),
        candidates=[
            {"rank": 1, "bidder": "云湖建工集团有限公司", "price_text": "下浮率20.50%"},
            {"rank": 2, "bidder": "湖北宜坤建设有限公司", "price_text": "8343824.12"},
            {"rank": 3, "bidder": "云湖路桥 <b>有限公司</b>", "price_text": "按规定收费标准的50%计取"},
        ],
        **build,
    )
    for kind, category, title in (
        (NoticeKind.AMENDMENT, Category.PROCUREMENT, "市中心医院磁共振成像系统采购（包 2）变更公告"),
        (NoticeKind.TERMINATED, Category.LAND, "云湖市 2026-挂-47 号商住用地终止公告"),
        (NoticeKind.AWARD, Category.PROPERTY, "云湖酒店管理公司 35% 股权转让成交公告"),
        (NoticeKind.PLATFORM, Category.OTHER, "11 月 28 日 22:00–24:00 系统维护，期间无开标安排"),
    ):
        await publish_notice(work, kind=kind, category=category, region=region, title=title, project=title)
    await publish_notice(
        work,
        kind=NoticeKind.TENDER,
        title="老旧小区改造（城东片区）监理二标段招标公告",
        project="老旧小区改造",
        section="YH-GC-2026-1211/02",
        closes_at=now + timedelta(minutes=17, seconds=43),
        facts=FIELDS,
        **build,
    )
    return Made(tender.id, corrected.id, candidates.id)


async def _people(work: Work) -> None:
    body = await register(work, CREDIT_CODE, "云湖建工集团有限公司", "420500")
    await create_account(
        work, login="bidder", name="王工", password=PASSWORD, role=Role.BIDDER, region="420500", organisation=body.id
    )
    both = await create_account(work, login="agent", name="李代理", password=PASSWORD)
    await grant(work, both.id, Role.CENTRE, "420500")
    await grant(work, both.id, Role.SUPERVISOR, "420500")


@contextmanager
def served(address: DatabaseAddress, mode: str = "demo", objects: Any = None, keys: Any = None) -> Iterator[str]:
    """Serve the application from a thread on a free port; the address of the site."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = Settings(home=Path("unused"), mode=mode, origin=origin)  # type: ignore[arg-type]
    database = Database(address.sqlalchemy)
    hub = Hub(database, Bell(database.dsn))
    app = app_on(Stack(settings, database, objects, keys, hub=hub))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", loop="asyncio"))

    async def serve() -> None:
        serving = asyncio.create_task(server.serve([listener]))
        while not server.should_exit and not serving.done():
            await asyncio.sleep(0.02)
        await hub.close()
        await serving
        await database.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield origin
    finally:
        server.should_exit = True
        thread.join(10)
