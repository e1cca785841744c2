"""A database that cannot be reached is a worded 503 that asks to come again, never a fault of unknown outcome."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from applications import app_on
from page_site import ORIGIN
from sqlalchemy import text

from infra.db.work import Database
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.settings import DatabaseAddress, Settings
from web.state import Stack


@pytest.fixture(params=["no server", "no database"])
def away(request: pytest.FixtureRequest, postgres: EmbeddedPostgres, tmp_path: Path) -> DatabaseAddress:
    """An address where nothing answers, and one of a database that is not there."""
    if request.param == "no server":
        return replace(postgres.address, host=str(tmp_path))
    return postgres.address.of("openhall_never_made")


@pytest.mark.parametrize("path", ["/notices", "/api/sections/YH-T-1/01/keyset"])
async def test_while_the_database_is_away_the_answer_is_503_and_asks_to_come_again(
    away: DatabaseAddress, path: str
) -> None:
    database = Database(away.sqlalchemy)
    transport = httpx.ASGITransport(app_on(Stack(Settings(Path("unused"), origin=ORIGIN), database)), False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as visitor:
        answer = await visitor.get(path)
    await database.close()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "暂时无法提供服务" in answer.text


async def test_a_connection_that_died_in_the_pool_costs_nobody_an_error(database: Database) -> None:
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with database.work(SYSTEM), database.work(SYSTEM):
        pass
    other = Database(database.engine.url.render_as_string(hide_password=False))
    async with other.reading() as session:
        await session.execute(cut)
    await other.close()
    async with database.work(SYSTEM) as work:
        assert work.ctx.now
