"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.judge import (
    checks,
    committee,
    corrections,
    door,
    evaluations,
    examination,
    explanations,
    inquiries,
    leader,
    marks,
    papers,
    reading,
    redraw,
    report,
    sitting,
)

HANDLERS: list[ControllerRouterHandler] = [
    *door.HANDLERS,
    *leader.HANDLERS,
    *checks.HANDLERS,
    *committee.HANDLERS,
    *inquiries.HANDLERS,
    *examination.HANDLERS,
    *marks.HANDLERS,
    *papers.HANDLERS,
    *reading.HANDLERS,
    *explanations.HANDLERS,
    *report.HANDLERS,
    *corrections.HANDLERS,
    *redraw.HANDLERS,
    *evaluations.HANDLERS,
    *sitting.HANDLERS,
]
