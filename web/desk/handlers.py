"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.desk.messages import HANDLERS as MESSAGES
from web.desk.workbench import HANDLERS as WORKBENCH

HANDLERS: list[ControllerRouterHandler] = [*WORKBENCH, *MESSAGES]
