"""Every handler of these pages, for the composition root."""

from litestar.types import ControllerRouterHandler

from web.hall.bidders import HANDLERS as BIDDERS
from web.hall.deciding import HANDLERS as DECIDING
from web.hall.host import HANDLERS as HOST
from web.hall.pages import HANDLERS as PAGES
from web.hall.rescuing import HANDLERS as RESCUING

HANDLERS: list[ControllerRouterHandler] = [*PAGES, *BIDDERS, *HOST, *DECIDING, *RESCUING]
