"""Three trustees on three machines, as far as one can be three: networks of their own, cut and mended (`make trustees`)."""

import asyncio
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from machines import Machines, possible, three_machines

from infra.custody.actions import Host, enrol, request_keyset
from infra.db.work import Database
from infra.edge import utc_now
from infra.embedded.children import openhall
from infra.embedded.databases import create_database, drop_database
from infra.embedded.objects import EmbeddedObjects
from infra.embedded.postgres import ROLE, EmbeddedPostgres
from infra.kernel.canonical import unb64
from infra.kernel.context import SYSTEM
from infra.trustee.duties import BODIES

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not possible(), reason="network namespaces need root, `ip` and `unshare`"),
]
PATIENCE = 60.0


class Ground:
    """A platform in the outer network and three trustees in theirs."""

    def __init__(self, machines: Machines, database: Database, dsn: str, port: int) -> None:
        self.machines, self.database, self.dsn, self.port = machines, database, dsn, port

    async def enrol(self) -> None:
        for body in BODIES:
            state = str(self.machines.state(body))
            init = ("trustee", "init", "--state", state, "--name", f"{body}.example", "--body", body, "--unprotected")
            told = json.loads(self.machines.run(body, *init, "--administrator", body, "--custody", f"safe {body}"))
            async with self.database.work(SYSTEM) as work:
                await enrol(
                    work, told["name"], body, signer=unb64(told["signer"]), sealing=unb64(told["sealing"]),
                    vkey=told["vkey"], beacon=unb64(told["beacon"]),
                    host=Host(told["machine"], told["administrator"], told["custody"]),
                )  # fmt: skip

    async def ask(self, section: str) -> str:
        """A keyset asked of all three; its id."""
        async with self.database.work(SYSTEM) as work:
            deadline = work.ctx.now.replace(microsecond=0, year=work.ctx.now.year + 1)
            keyset = await request_keyset(
                work, section, 1, deadline, event="section.closed", minimum=3, region="420500"
            )
            return keyset.id

    async def one(self, query: str, *arguments: Any) -> Any:
        connection = await asyncpg.connect(self.dsn)
        try:
            return await connection.fetchval(query, *arguments)
        finally:
            await connection.close()

    async def until(self, found: Callable[[Any], bool], query: str, *arguments: Any) -> Any:
        end = time.monotonic() + PATIENCE
        while not found(value := await self.one(query, *arguments)):
            assert time.monotonic() < end, f"{query}: {value}"
            time.sleep(0.2)
        return value

    async def published(self, keyset: str) -> None:
        await self.until(bool, "SELECT published_at IS NOT NULL FROM keysets WHERE id = $1", keyset)

    async def signers(self, count: int) -> None:
        """The newest checkpoint gets so many co-signatures."""
        size = await self.one("SELECT max(size) FROM log_checkpoints")
        await self.until(lambda most: most == count, "SELECT max(signers) FROM log_checkpoints WHERE size > $1", size)


@pytest.fixture
def ground(postgres: EmbeddedPostgres, template: str, objects_server: EmbeddedObjects, tmp_path: Path) -> Iterator[Any]:
    name = f"machines_{os.getpid()}"
    asyncio.run(create_database(postgres.admin_dsn, name, template, ROLE))
    address = postgres.address.of(name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with three_machines(tmp_path) as machines:
        environ = {**os.environ, "OPENHALL_HOME": str(tmp_path), "OPENHALL_DATABASE_URL": address.dsn,
                   "OPENHALL_S3_URL": objects_server.address.url, "OPENHALL_HOST": machines.platform,
                   "OPENHALL_PORT": str(port), "OPENHALL_ORIGIN": f"http://127.0.0.1:{port}"}  # fmt: skip
        machines.children.start("web", openhall("serve"), environ)
        machines.children.start("worker", openhall("worker"), environ)
        _wait(f"http://{machines.platform}:{port}/healthz")
        yield Ground(machines, Database(address.sqlalchemy), address.dsn, port)
    asyncio.run(drop_database(postgres.admin_dsn, name))


def _wait(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if httpx.get(url, trust_env=False, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise TimeoutError(url)


async def test_three_trustees_on_three_networks_sign_and_survive_cuts(ground: Ground) -> None:
    await ground.enrol()
    for body in BODIES:
        ground.machines.start(body, ground.port)
    await ground.published(await ground.ask("YH-1/01"))
    await ground.signers(3)
    assert await ground.one("SELECT count(DISTINCT facts ->> 'machine') FROM trustee_reports") == 3
    assert await ground.one("SELECT count(DISTINCT facts ->> 'boot') FROM trustee_reports") == 1
    assert [ground.machines.listening(body) for body in BODIES] == ["", "", ""]

    ground.machines.cut("supervisor")
    await ground.signers(2)
    keyset = await ground.ask("YH-1/02")
    ground.machines.cut("centre")
    await ground.signers(1)
    assert not await ground.one("SELECT published_at IS NOT NULL FROM keysets WHERE id = $1", keyset)

    for body in ("supervisor", "centre"):
        ground.machines.mend(body)
    await ground.published(keyset)
    await ground.signers(3)
    seen = await ground.one("SELECT min(seen_at) FROM trustee_reports")
    assert (utc_now() - seen).total_seconds() < PATIENCE
    await ground.database.close()
