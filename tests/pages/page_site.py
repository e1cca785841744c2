"""The site under test: what a test is handed, and two handlers that only tests have."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx
from litestar import get
from litestar.types import ControllerRouterHandler
from portal import Made

from infra.db.work import Database

ORIGIN = "http://portal.test"


@get("/broken", opt={"audience": "public"}, sync_to_thread=False)
def broken() -> str:
    """A handler with a bug."""
    raise RuntimeError("the secret of the house")


@get("/bench", opt={"audience": "judge"}, sync_to_thread=False)
def bench() -> str:
    """A page for judges alone."""
    return "marks"


EXTRA: list[ControllerRouterHandler] = [broken, bench]


@dataclass(frozen=True)
class Site:
    """The portal's database, its notices, and a way to get a fresh visitor."""

    database: Database
    made: Made
    visitor: Callable[[], httpx.AsyncClient]
