"""What the marketplace lets be done in the background."""

from infra.jobs import Task
from marketplace.agencies.nightly import RATE
from marketplace.agencies.rating import rate_all
from web.state import Stack


def market_tasks(stack: Stack) -> dict[str, Task]:
    """Every agency of a region is rated."""

    async def rate(payload: dict[str, str]) -> None:
        await rate_all(stack.database, payload["region"])

    return {RATE: rate}
