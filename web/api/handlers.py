"""Every handler of the JSON interfaces, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.api import bids, log, sessions, trustees

API: list[ControllerRouterHandler] = [*sessions.HANDLERS, *bids.HANDLERS, *trustees.HANDLERS, *log.HANDLERS]
