"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.expertpool import applications, directory, expert, external, imports, professions, standing

HANDLERS: list[ControllerRouterHandler] = [
    *directory.HANDLERS,
    *imports.HANDLERS,
    *external.HANDLERS,
    *professions.HANDLERS,
    *applications.HANDLERS,
    *standing.HANDLERS,
    *expert.HANDLERS,
]
