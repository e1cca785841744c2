"""What a web process is compared with: a litestar handler that does one asyncpg insert and nothing else.

Server, event loop and HTTP parser are those of `openhall serve`; the pool is as asyncpg makes it.
"""

import asyncio
import sys
from typing import Any

import asyncpg
import uvicorn
import uvloop
from litestar import Litestar, Request, Response, get, post

TABLE = "CREATE TABLE IF NOT EXISTS bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL)"
INSERT = "INSERT INTO bare (body) VALUES ($1)"
PUBLIC = {"audience": "public"}


def make_app(pool: asyncpg.Pool) -> Litestar:
    """`POST /rows` inserts its body; `/healthz` answers."""

    @post("/rows", opt=PUBLIC)
    async def insert(request: Request[Any, Any, Any]) -> Response[bytes]:
        await pool.execute(INSERT, await request.body())
        return Response(b"", status_code=201)

    @get("/healthz", opt=PUBLIC, sync_to_thread=False)
    def health() -> Response[bytes]:
        return Response(b"ok")

    return Litestar([insert, health], openapi_config=None, logging_config=None)


async def run(port: int, dsn: str) -> None:
    """Serve until stopped, with as many connections as a web process has."""
    async with asyncpg.create_pool(dsn, min_size=10, max_size=20) as pool:
        await pool.execute(TABLE)
        config = uvicorn.Config(
            make_app(pool), host="127.0.0.1", port=port, log_level="warning", access_log=False, lifespan="off"
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(int(sys.argv[1]), sys.argv[2]))
