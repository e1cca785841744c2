"""Every handler of the JSON interfaces, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.api import bids, confirmations, gateways, log, opening, recordings, sessions, signing_keys, trustees
from web.bidder import device

API: list[ControllerRouterHandler] = [
    *device.API,
    *sessions.HANDLERS,
    *signing_keys.HANDLERS,
    *bids.HANDLERS,
    *confirmations.HANDLERS,
    *opening.HANDLERS,
    *recordings.HANDLERS,
    *trustees.HANDLERS,
    *gateways.HANDLERS,
    *log.HANDLERS,
]
