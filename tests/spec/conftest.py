"""One hall for each file of rules: its sections share the hall, never a bid. One evaluated tender for the last stages."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from evaluated import Court, hold_court
from rescue_story import Rescue, tell
from rescuing import short_windows
from scenes import Hall, a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from trading.regimes.regime import Rule
from trading.regimes.rules import DEMONSTRATION, SIGNING


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    async with a_hall(postgres, template, objects, bidders=8) as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def court(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Court]:
    async with a_hall(postgres, template, objects, bidders=7) as opened:
        yield await hold_court(opened)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def rescue(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Rescue]:
    """An opening with factors and remedies, told once for the files that look at it, in a hall of its own."""
    async with a_hall(postgres, template, objects, bidders=8) as opened:
        with short_windows():
            found = await tell(opened)
        yield found


@pytest.fixture(scope="module")
def short_signing() -> Iterator[None]:
    """A rule set in which the signing time of a report is over at once, for those whose silence is to be settled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(DEMONSTRATION.parameters, Rule.REPORT_SIGNING, SIGNING._replace(value=40))  # type: ignore[arg-type]
        yield
