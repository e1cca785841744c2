"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.supervision import judges, recusals, sanctions

HANDLERS: list[ControllerRouterHandler] = [
    *recusals.HANDLERS,
    *judges.HANDLERS,
    *sanctions.HANDLERS,
]
