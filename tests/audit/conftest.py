"""What the audit view's tests share: an auditor over a told story, the sequencer's keys."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from section_story import Story

from infra.edge import random_bytes
from infra.tlog.note import ED25519, SignerKey
from infra.tlog.sequencer import LogKeys


@pytest_asyncio.fixture(loop_scope="session")
async def auditor(story: Story) -> AsyncIterator[httpx.AsyncClient]:
    """The supervising body's person, signed in."""
    async with await story.hall.client("supervisor") as client:
        yield client


@pytest.fixture
def log_keys() -> LogKeys:
    """The sequencer's keys; period keys are kept as they are."""
    key = SignerKey("log.example/log", ED25519, random_bytes(32))
    return LogKeys(key, lambda secret, _: secret, lambda sealed, _: sealed, timedelta(days=1))
