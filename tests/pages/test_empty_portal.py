"""A platform on its first day: every list has a worded empty state."""

from pathlib import Path

import httpx
import pytest
from applications import app_on

from infra.db.base import Base
from infra.db.work import Database
from infra.settings import DatabaseAddress, Settings
from web.state import Stack


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "/",
            (
                "今日没有开标",
                "目前没有已公告的后续开标",
                "还没有发布过此类公告",
                "还没有公布过结果",
                "公开日志还没有检查点",
            ),
        ),
        ("/en", ("No openings today", "No result has been published yet", "The log has no checkpoint yet")),
        ("/notices", ("0 条公告", "没有符合条件的公告")),
    ],
)
async def test_an_empty_list_says_so(fresh_database: DatabaseAddress, path: str, words: tuple[str, ...]) -> None:
    database = Database(fresh_database.sqlalchemy)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    app = app_on(Stack(Settings(Path("unused"), mode="production"), database))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal.test") as visitor:
        text = (await visitor.get(path)).text
    await database.close()
    assert [word for word in words if word not in text] == []
    assert "demo-band" not in text
