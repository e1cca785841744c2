"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.supervision import decline_notes, draws, judges, leanings, lotteries, pairs, recusals, sanctions

HANDLERS: list[ControllerRouterHandler] = [
    *recusals.HANDLERS,
    *draws.HANDLERS,
    *decline_notes.HANDLERS,
    *judges.HANDLERS,
    *leanings.HANDLERS,
    *sanctions.HANDLERS,
    *pairs.HANDLERS,
    *lotteries.HANDLERS,
]
