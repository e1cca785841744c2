"""The bidders' part: real files, `openhall seal`, upload, receipts; one replaces, one withdraws, one comes late."""

import asyncio
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from infra.crypto.keyset import parse_keyset
from infra.db.work import Database
from infra.edge import random_bytes
from infra.embedded.children import openhall
from infra.kernel.problems import Problem
from trading.opening.form import make_form
from web.client import Bidder
from web.commands.seal import seal_all
from web.demo import cast
from web.demo.files import write_pdf
from web.demo.people import PASSWORD, People

SHORTEST = 8.0
REPLACING, WITHDRAWING, LATE, TYPING = "bidder1", "bidder8", "bidder9", "bidder5"
FILES = ("commercial.pdf", "opening-form.json", "technical.pdf")


class Bidders:
    """Nine bidders at their desks."""

    def __init__(self, platform: str, people: People, folder: Path, section: str) -> None:
        self._people = people
        self._folder = folder
        self._section = section
        self._desks = {one.body.login: Bidder(platform, people.signers[one.body.login]) for one in cast.BIDDERS}
        self.happened: dict[str, Any] = {"bids": 0, "opened": 0, "refused": 0, "withdrawn": 0}
        self.receipts: dict[str, dict[str, Any]] = {}

    async def pace(self) -> float:
        """Seconds that nine bidders will need here, judged by starting `openhall seal` once: nobody may be late for it."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.to_thread(subprocess.run, openhall("seal", "--help"), stdout=subprocess.DEVNULL)
        return SHORTEST + 20 * (loop.time() - began)

    def make_files(self) -> None:
        """Every bidder's commercial and technical PDF and its opening form."""
        for one in cast.BIDDERS:
            desk = self._folder / "bids" / one.body.login
            desk.mkdir(parents=True, exist_ok=True)
            name, lines = one.body.name, [f"{label}：{text}" for label, text in cast.FIELDS.items()]
            write_pdf(desk / "commercial.pdf", f"{name} 商务标", lines, 1, random_bytes)
            write_pdf(desk / "technical.pdf", f"{name} 技术标", lines, one.megabytes, random_bytes)
            (desk / "opening-form.json").write_bytes(make_form(one.price, one.duration, "合格", one.leader))

    async def compete(self, database: Database, deadline: datetime, tell: Callable[[str], None]) -> None:
        """Seal and hand in before the deadline; then the late one tries."""
        keyset = self._folder / "keyset.json"
        keyset.write_bytes(await self._desks[REPLACING].keyset(self._section))
        gate = asyncio.Semaphore(2)
        await asyncio.gather(*(self._bid(one, gate, tell) for one in cast.BIDDERS))
        await self._replace(tell)
        await self._withdraw(tell)
        self.happened["bids"] = self.happened["opened"] = len(self.receipts) - 1
        await self._wait_for(database, deadline)
        await self._come_late(tell)

    async def close(self) -> None:
        """Everybody leaves."""
        for desk in self._desks.values():
            await desk.close()

    async def _bid(self, one: cast.BidderRole, gate: asyncio.Semaphore, tell: Callable[[str], None]) -> None:
        login = one.body.login
        async with gate:
            await self._seal(login)
            await self._desks[login].sign_in(login, PASSWORD)
            if login == LATE:
                return
            bid = await self._desks[login].bid(self._section, self._sealed(login))
        receipt = await self._desks[login].receipt(bid)
        self.receipts[login] = receipt
        tell(f"{one.body.name}: sealed, handed in, receipt with inclusion proof ({receipt['bid']})")

    async def _replace(self, tell: Callable[[str], None]) -> None:
        desk = self._folder / "bids" / REPLACING
        shutil.rmtree(desk / "sealed")
        await self._seal(REPLACING)
        bid = await self._desks[REPLACING].bid(self._section, desk / "sealed")
        self.receipts[REPLACING] = await self._desks[REPLACING].receipt(bid)
        tell(f"{REPLACING}: bid replaced before the deadline, new receipt")

    async def _withdraw(self, tell: Callable[[str], None]) -> None:
        bid = self.receipts[WITHDRAWING]["bid"]
        await self._desks[WITHDRAWING].withdraw(bid, self._sealed(WITHDRAWING))
        self.happened["withdrawn"] += 1
        tell(f"{WITHDRAWING}: bid withdrawn before the deadline")

    async def _come_late(self, tell: Callable[[str], None]) -> None:
        try:
            await self._desks[LATE].bid(self._section, self._sealed(LATE))
        except Problem as problem:
            if problem.code != "bid.late":
                raise
            self.happened["refused"] += 1
            tell(f"{LATE}: came after the deadline and was refused ({problem.code})")

    async def _seal(self, login: str) -> None:
        """One bidder types `openhall seal`; the others' programs call the same function."""
        desk, code = self._folder / "bids" / login, self._people.body(login).credit_code
        files = {name.split(".")[0]: desk / name for name in FILES}
        (desk / "sealed").mkdir()
        keyset_file = self._folder / "keyset.json"
        if login != TYPING:
            keyset = parse_keyset(keyset_file.read_bytes())
            await asyncio.to_thread(seal_all, keyset, code, None, files, None, desk / "sealed")
            return
        parts = [argument for name, path in files.items() for argument in ("--part", f"{name}={path}")]
        command = openhall(
            "seal", "--keyset", str(keyset_file), "--section", self._section, "--bidder", code, *parts,
            "--out", str(desk / "sealed"),
        )  # fmt: skip
        ended = await asyncio.to_thread(subprocess.run, command, stderr=subprocess.PIPE)
        if ended.returncode:
            raise Problem("demo.seal", told=ended.stderr.decode()[-500:])

    async def _wait_for(self, database: Database, deadline: datetime) -> None:
        async with database.reading() as session:
            left = (deadline - (await session.execute(select(func.clock_timestamp()))).scalar_one()).total_seconds()
        if left < 0:
            raise Problem("demo.slow", seconds=-left)
        await asyncio.sleep(left + 0.05)

    def _sealed(self, login: str) -> Path:
        return self._folder / "bids" / login / "sealed"
