"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.procurement import award, document, files, notice, panel, projects, sections, venue

HANDLERS: list[ControllerRouterHandler] = [
    *projects.HANDLERS,
    *sections.HANDLERS,
    *document.HANDLERS,
    *files.HANDLERS,
    *notice.HANDLERS,
    *venue.HANDLERS,
    *award.HANDLERS,
    *panel.HANDLERS,
]
