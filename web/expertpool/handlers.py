"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.expertpool import (
    applications,
    directory,
    employers,
    expert,
    external,
    imports,
    letters,
    professions,
    standing,
)

HANDLERS: list[ControllerRouterHandler] = [
    *directory.HANDLERS,
    *imports.HANDLERS,
    *employers.HANDLERS,
    *external.HANDLERS,
    *professions.HANDLERS,
    *applications.HANDLERS,
    *standing.HANDLERS,
    *letters.HANDLERS,
    *expert.HANDLERS,
]
