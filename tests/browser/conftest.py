"""One Chromium, one server, for all tests of this folder; left out, and counted, where there is no Chromium."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from browser_hall import ARGUMENTS, Hall, chromium
from playwright.async_api import Browser, async_playwright
from portal import fill, served

from infra.embedded.databases import create_database, drop_database
from infra.embedded.postgres import ROLE, EmbeddedPostgres

RECORDS = Path(__file__).resolve().parents[3] / "shared" / "data" / "yichang-candidates-2025.jsonl"


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The one browser."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine")
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        await found.close()


@pytest_asyncio.fixture(scope="session")
async def hall(browser: Browser, postgres: EmbeddedPostgres) -> AsyncIterator[Hall]:
    """The one server."""
    name = f"browser_{os.getpid()}"
    await create_database(postgres.admin_dsn, name, None, ROLE)
    address = postgres.address.of(name)
    made = await fill(address, RECORDS if RECORDS.is_file() else None)
    server = served(address)
    origin = await asyncio.to_thread(server.__enter__)
    yield Hall(origin, made)
    await asyncio.to_thread(server.__exit__, None, None, None)
    await drop_database(postgres.admin_dsn, name)
