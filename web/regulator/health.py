"""The state of both logs: heads, witnesses, and the last hours of the access log made anew from their lines."""

from datetime import timedelta

from litestar import Response, get
from litestar.di import NamedDependency

from trading.audit.health import health_of
from web.regulator.asking import AUDITORS
from web.regulator.words import TABS, WHOLENESS, WHOLENESS_TONES
from web.render import page
from web.state import Stack
from web.visit import Visit
from web.wiring import cadence

PATIENCE = timedelta(minutes=2)


@get("/audit/health", opt=AUDITORS)
async def health(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Whether the log goes on, who signs it, and whether a line of the last hours' reads is gone."""
    found = await health_of(stack.database)
    return page(
        visit,
        "regulator/health.html",
        demo=stack.demo,
        health=found,
        silent=found.silent(visit.now, PATIENCE),
        pace=f"{cadence(stack)(visit.now).total_seconds():g}",
        tabs=TABS,
        wholeness=WHOLENESS,
        wholeness_tones=WHOLENESS_TONES,
    )


HANDLERS = [health]
