"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.centre import (
    attendance,
    board,
    checks,
    draw_room,
    fees,
    lotteries,
    mandates,
    name_list,
    pause,
    projects,
    registrations,
    rehearsals,
    seats,
)

HANDLERS: list[ControllerRouterHandler] = [
    *seats.HANDLERS,
    *pause.HANDLERS,
    *draw_room.HANDLERS,
    *attendance.HANDLERS,
    *name_list.HANDLERS,
    *mandates.HANDLERS,
    *checks.HANDLERS,
    *fees.HANDLERS,
    *registrations.HANDLERS,
    *projects.HANDLERS,
    *board.HANDLERS,
    *rehearsals.HANDLERS,
    *lotteries.HANDLERS,
]
