"""A served hall with a section that takes bids, and one bidder at its command line."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from click.testing import CliRunner, Result
from portal import PASSWORD, served
from scenes import Hall, a_hall

from infra.auth.key_signer import KeyFileSigner
from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from trading.opening.form import make_form
from web.cli import group
from web.commands.seal import seal_all


@dataclass
class Desk:
    """A served hall with a section that takes bids, one bidder's files and key, and its command line."""

    hall: Hall
    origin: str
    section: str
    path: Path
    login: str = "bidder1"

    async def run(self, *words: object, typed: str | None = None) -> Result:
        """One command in a thread, while the wheels of the hall turn here."""
        arguments = [str(word) for word in words]
        running = asyncio.create_task(asyncio.to_thread(CliRunner().invoke, group, arguments, input=typed))
        while not running.done():
            await self.hall.step()
            await asyncio.sleep(0.02)
        return await running

    def who(self, login: str | None = None) -> list[str]:
        (self.path / "password").write_text(f"{PASSWORD}\n")
        return [
            "--platform",
            self.origin,
            "--login",
            login or self.login,
            "--password-file",
            str(self.path / "password"),
        ]

    async def bid(self, folder: Path, *more: str, section: str | None = None, key: Path | None = None) -> Result:
        named = ["--section", section or self.section, "--key", str(key or self.signer.path)]
        return await self.run("bid", folder, *named, *self.who(), *more)

    @property
    def signer(self) -> KeyFileSigner:
        return self.hall.signers[self.login]

    async def sealed(
        self,
        name: str = "sealed",
        section: str | None = None,
        size: int = 1000,
        factor: bytes | None = None,
        passphrase: bytes | None = None,
    ) -> Path:
        """A folder as `openhall seal` makes it, whose technical part has this size."""
        files = {
            "commercial": b"%PDF-1.7",
            "technical": b"x" * size,
            "opening-form": make_form("9000000.00", "300", "合格", "王"),
        }
        for part, content in files.items():
            (self.path / part).write_bytes(content)
        out = self.path / name
        out.mkdir()
        keyset = await self.hall.keyset(section or self.section)
        code = self.hall.bodies[self.login].credit_code
        seal_all(keyset, code, factor, {part: self.path / part for part in files}, passphrase, out)
        return out


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    async with a_hall(postgres, template, objects, bidders=3) as opened:
        for number in (1, 2, 3):
            await opened._token(f"bidder{number}")
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def origin(hall: Hall, objects: Objects) -> AsyncIterator[str]:
    assert hall.stack.settings.database is not None
    server = served(hall.stack.settings.database, objects=objects, keys=hall.keys)
    yield await asyncio.to_thread(server.__enter__)
    await asyncio.to_thread(server.__exit__, None, None, None)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def section(hall: Hall) -> str:
    return await hall.a_tender(3000)


@pytest.fixture
def desk(hall: Hall, origin: str, section: str, tmp_path: Path) -> Desk:
    return Desk(hall, origin, section, tmp_path)


def code(result: Result) -> str:
    """The code of a refusal: exit 2 and one line `code: sentence` at the end of stderr."""
    assert result.exit_code == 2, (result.output, result.exception)
    line = result.stderr.splitlines()[-1]
    assert re.fullmatch(r"[a-z-]+\.[a-z-]+: \S.*\.", line)
    return line.partition(": ")[0]


def bid_of(result: Result) -> str:
    """The bid's id as the command tells it."""
    assert result.exit_code == 0, (result.output, result.exception)
    found = re.search(r"handed in: (\S+);", result.stdout)
    assert found
    return found[1]


def event(path: Path) -> str:
    return str(json.loads(json.loads(path.read_text())["event"])["event"])
