"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.centre import board, projects, registrations, rehearsals, seats

HANDLERS: list[ControllerRouterHandler] = [
    *seats.HANDLERS,
    *registrations.HANDLERS,
    *projects.HANDLERS,
    *board.HANDLERS,
    *rehearsals.HANDLERS,
]
