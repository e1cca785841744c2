"""What a handler of public pages has at hand for one request, in one piece."""

from dataclasses import dataclass, replace

from web.public.boards import HomeBoard
from web.public.kept import Kept
from web.public.section_files import Shelf
from web.state import Stack
from web.visit import AnyRequest, Visit


@dataclass(frozen=True)
class Desk:
    """One request to a public page: who asks, and what the process keeps."""

    request: AnyRequest
    visit: Visit
    stack: Stack
    kept: Kept
    board: HomeBoard
    shelf: Shelf

    def asking(self, **query: object) -> "Desk":
        """The same with this query and no other, so that what else stands in an address makes no further page."""
        return replace(self, visit=self.visit.asking(query))
