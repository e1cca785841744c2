"""Every page about the keys, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.custody import ceremony, keys

HANDLERS: list[ControllerRouterHandler] = [*ceremony.HANDLERS, *keys.HANDLERS]
