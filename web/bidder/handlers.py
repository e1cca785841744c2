"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.bidder import device, mine, receipts, room

HANDLERS: list[ControllerRouterHandler] = [*room.HANDLERS, *receipts.HANDLERS, *mine.HANDLERS, *device.HANDLERS]
