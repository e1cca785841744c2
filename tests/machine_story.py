"""A tender whose bidders hand in real files that resemble each other, with a blind technical part, up to the marking."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import httpx
from envelopes import plaintexts, seal, submitted
from judging import Panel, a_panel, enter_experts
from scenes import Hall
from sqlalchemy import select

from infra.auth.sessions import open_seat_session
from infra.kernel.context import SYSTEM
from trading.bidding.tables import Bid
from trading.blind.queries import labels_of
from trading.checks.queries import run_of
from trading.sections.states import SectionState
from web.demo import cast
from web.demo.files import pdf_of

METHOD: dict[str, Any] = {
    "price": {"kind": "lowest_price_first", "weight": "30"},
    "items": [
        {"id": "t1", "group": "technical", "kind": "subjective", "max": "50"},
        {"id": "c1", "group": "commercial", "kind": "subjective", "max": "20"},
    ],
    "judges": {"trim_from": None},
    "tie": ["price"],
    "places": 2,
}
SIGNS = "施工组织设计应当结合本标段的特点编制混凝土浇筑前检查模板支撑与钢筋保护层厚度并做好记录围堰合拢后抽水"
HEAD = "编号,名称,单位,数量,单价,合价\n"
WRONG = "A-17,铺设球墨铸铁管,m,120,85.00,10240.00\n"
AUTHOR = "量子鼹鼠工作室"
BILLS = {
    "bidder1": HEAD + WRONG + "A-18,回填,m3,10,30.00,300.00\n合计,,,,,9850000.00\n",
    "bidder2": HEAD + WRONG + "A-18,回填,m3,10,31.00,310.00\n合计,,,,,9620000.00\n",
    "bidder3": "编号,名称\n1,没有数字\n",
}


def a_line(number: int) -> str:
    return "".join(Random(number).choices(SIGNS, k=30))


def a_document(author: str, numbers: range, extra: str = "") -> bytes:
    """A DOCX of that author with these lines."""
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    rows = "".join(f"<w:p><w:r><w:t>{a_line(number)}</w:t></w:r></w:p>" for number in numbers)
    core = f'<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>{author}</dc:creator></cp:coreProperties>'
    sink = BytesIO()
    with ZipFile(sink, "w", ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", f'<w:document xmlns:w="{name}"><w:body>{rows}{extra}</w:body></w:document>')
        file.writestr("docProps/core.xml", core)
    return sink.getvalue()


FILES: dict[str, dict[str, bytes]] = {
    "bidder1": {
        "commercial": a_document("王工", range(100, 120)),
        "technical": a_document(AUTHOR, range(20)),
    },
    "bidder2": {
        "commercial": pdf_of("商务标", ["二号的商务文件"]),
        "technical": a_document(AUTHOR, range(20), "<w:p><w:r><w:t>另加一句与众不同的结尾文字</w:t></w:r></w:p>"),
    },
    "bidder3": {
        "commercial": a_document("王工", range(300, 320)),
        "technical": b"%PDF-1.7 cut off",
    },
}


@dataclass
class Told:
    """The section with its panel, and what could be read at each stage."""

    hall: Hall
    section: str
    panel: Panel
    bids: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def judge(self, number: int) -> AsyncIterator[httpx.AsyncClient]:
        async with self.hall.database.work(SYSTEM) as work:
            token = await open_seat_session(work, self.panel.seat(number).id, cast.REGION)
        async with await self.hall.client() as client:
            client.headers["authorization"] = f"Bearer {token}"
            yield client

    async def found(self) -> Any:
        async with self.hall.database.reading() as session:
            return await run_of(session, self.hall.keys.service, self.section)

    def beside(self, part: str, *keys: str) -> str:
        return f"/en/judge/checks/{part}/{keys[0]}/{keys[1]}"


async def tell(hall: Hall) -> Told:
    """Bids with real files, opened and compared, and a committee that may read them; nobody has marked."""
    await enter_experts(hall)
    parts = ("bill", "commercial", "opening-form", "technical")
    section = await hall.a_tender(4, METHOD, parts=parts, blind=("technical",))
    for login, bill in BILLS.items():
        plain = {**plaintexts(login), **FILES[login], "bill": bill.encode()}
        code = hall.bodies[login].credit_code
        envelope = seal(await hall.keyset(section), section, code, hall.signers[login], plain)
        await submitted(hall, section, login, envelope)
    await hall.reach(section, SectionState.OPENED)
    panel = await a_panel(hall, section)
    told = Told(hall, section, panel)
    await hall.until(lambda: _compared(told))
    async with told.judge(1) as judge:
        told.pages["before anybody is seated"] = (await judge.get("/en/judge/checks")).text
    for number in range(1, 6):
        await panel.sign_in(number)
    for _ in range(6):
        await hall.step()
    async with hall.database.reading() as session:
        rows = (await session.execute(select(Bid).where(Bid.section == section))).scalars()
        names = {hall.bodies[login].id: login for login in BILLS}
        told.bids = {names[row.bidder]: row.id for row in rows}
        labelled = await labels_of(session, hall.keys.service, section)
    assert labelled is not None
    told.labels = {bid: label for label, bid in labelled.labels.items()}
    return told


async def _compared(told: Told) -> bool:
    run = await told.found()
    return run is not None and run.found is not None
