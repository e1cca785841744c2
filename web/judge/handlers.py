"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.judge import committee, door, evaluations, leader, marks, papers, redraw, report

HANDLERS: list[ControllerRouterHandler] = [
    *door.HANDLERS,
    *leader.HANDLERS,
    *committee.HANDLERS,
    *marks.HANDLERS,
    *papers.HANDLERS,
    *report.HANDLERS,
    *redraw.HANDLERS,
    *evaluations.HANDLERS,
]
