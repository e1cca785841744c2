"""Every handler of an expert's pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.expert import draws, own, standing

HANDLERS: list[ControllerRouterHandler] = [*own.HANDLERS, *draws.HANDLERS, *standing.HANDLERS]
