"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

HANDLERS: list[ControllerRouterHandler] = []
