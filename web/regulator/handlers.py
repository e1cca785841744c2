"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.regulator import askers, exports, health, journal, reads, sections

HANDLERS: list[ControllerRouterHandler] = [
    *journal.HANDLERS,
    *sections.HANDLERS,
    *askers.HANDLERS,
    *reads.HANDLERS,
    *exports.HANDLERS,
    *health.HANDLERS,
]
