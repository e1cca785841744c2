"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.procurement import (
    addendum,
    addendum_files,
    award,
    contract,
    document,
    extension,
    files,
    notice,
    objections,
    panel,
    projects,
    questions,
    rating,
    representatives,
    reserve,
    score_table,
    sections,
    supplement,
    venue,
    ways,
)

HANDLERS: list[ControllerRouterHandler] = [
    *projects.HANDLERS,
    *sections.HANDLERS,
    *document.HANDLERS,
    *files.HANDLERS,
    *score_table.HANDLERS,
    *notice.HANDLERS,
    *questions.HANDLERS,
    *addendum.HANDLERS,
    *addendum_files.HANDLERS,
    *extension.HANDLERS,
    *reserve.HANDLERS,
    *venue.HANDLERS,
    *award.HANDLERS,
    *contract.HANDLERS,
    *objections.HANDLERS,
    *ways.HANDLERS,
    *panel.HANDLERS,
    *supplement.HANDLERS,
    *rating.HANDLERS,
    *representatives.HANDLERS,
]
