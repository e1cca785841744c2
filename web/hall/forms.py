"""What the hall's forms share: a section looked up for whoever may act in it, and one page for a few written words."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.channels import section_channel
from infra.kernel.context import Actor
from infra.kernel.problems import Problem
from infra.live import cursor_of
from trading.opening.hall import OwnBid, Scene, own_bid_in, scene
from trading.opening.rescue import Rescue, rescue_of
from trading.publication.queries import Dossier, dossier
from web.forms import Form
from web.hall.view import View, may_host, view
from web.public.section_view import BODIES, CAUSES, STAGES, regime_of
from web.render import PageResponse, page
from web.state import Stack
from web.visit import Visit


@dataclass(frozen=True)
class Place:
    """One opening as an acting person stands in it."""

    visit: Visit
    stack: Stack
    found: Dossier
    shown: Scene
    own: OwnBid | None
    cursor: int
    rescue: Rescue | None = None

    @property
    def path(self) -> str:
        """The section's path, without language."""
        return f"/sections/{self.found.section.id}"

    @property
    def told(self) -> View:
        """The opening in words."""
        return view(self.visit, self.found, self.shown, self.own)

    def page(self, template: str, *, status: int = 200, **facts: Any) -> PageResponse:
        """A page of this place."""
        return page(
            self.visit,
            template,
            demo=self.stack.demo,
            status=status,
            found=self.found,
            section=self.found.section,
            shown=self.shown,
            told=self.told,
            cursor=self.cursor,
            channel=section_channel(self.found.section.id),
            regime=regime_of(self.found),
            bodies=BODIES,
            stages=STAGES,
            causes=CAUSES,
            rescue=self.rescue,
            **facts,
        )


@dataclass(frozen=True)
class Writing:
    """A form of written words with what follows from them: msgids, and a choice before the words where there is one."""

    title: str
    label: str
    hint: str
    consequence: str
    button: str
    field: str = "reasons"
    refused: str = ""
    choice: str = ""
    choice_label: str = ""
    options: tuple[tuple[str, str], ...] = ()


async def as_host(stack: Stack, visit: Visit, section: str) -> Place:
    """The place for its host; `section.unknown` for everybody else."""
    async with stack.database.reading(visit.actor) as session:
        place = await _place(session, stack, visit, section, None)
    if not may_host(visit.actor, place.found):
        raise Problem("section.unknown", section=section)
    return place


async def as_bidder(stack: Stack, visit: Visit, section: str) -> Place:
    """The place for one of its bidders; `record.not-your-bid` for others."""
    async with stack.database.reading() as session:
        place = await _place(session, stack, visit, section, visit.actor)
    if place.own is None:
        raise Problem("record.not-your-bid", section=section)
    return place


def write(place: Place, form: Form, writing: Writing, back: str, about: str = "") -> PageResponse:
    """The page of a form of words; `about` is shown above it, `back` is where one goes without sending."""
    return place.page("hall/write.html", status=form.status, form=form, writing=writing, back=back, about=about)


async def _place(session: AsyncSession, stack: Stack, visit: Visit, section: str, bidder: Actor | None) -> Place:
    cursor = await cursor_of(session, section_channel(section))
    found = await dossier(session, section)
    shown = await scene(session, found.section)
    own = await own_bid_in(session, bidder, section) if bidder else None
    rescue = await rescue_of(session, visit.actor, own.id, visit.now) if own and found.closed else None
    return Place(visit, stack, found, shown, own, cursor, rescue)
