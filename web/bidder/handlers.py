"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.bidder import (
    confirmation,
    device,
    inquiries,
    letter,
    mine,
    objections,
    offline,
    preparing,
    questions,
    receipts,
    recusal,
    room,
)

HANDLERS: list[ControllerRouterHandler] = [
    *room.HANDLERS,
    *receipts.HANDLERS,
    *mine.HANDLERS,
    *letter.HANDLERS,
    *device.HANDLERS,
    *preparing.HANDLERS,
    *offline.HANDLERS,
    *questions.HANDLERS,
    *recusal.HANDLERS,
    *confirmation.HANDLERS,
    *objections.HANDLERS,
    *inquiries.HANDLERS,
]
