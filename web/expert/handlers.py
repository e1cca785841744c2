"""Every handler of an expert's pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.expert import draws, fees, invitations, own, standing

HANDLERS: list[ControllerRouterHandler] = [
    *own.HANDLERS,
    *draws.HANDLERS,
    *invitations.HANDLERS,
    *standing.HANDLERS,
    *fees.HANDLERS,
]
