"""What the pages of one section on the procuring side share: the section, its project, how it stands, its tabs."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.tables import Organisation
from trading.projects.queries import bodies_of, find_project
from trading.projects.tables import Project
from trading.sections.progress import Progress, progress_in
from trading.sections.queries import find_own_section
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.i18n import N_
from web.labels import SECTION_STATES
from web.procurement.words import PHASES, PLACES, STATUSES, gate_words
from web.public.forms import Link
from web.render import PageResponse, page
from web.state import Stack
from web.visit import Visit

PROCURERS = {"audience": ("agent", "procuring")}
TABS = (
    ("/manage", N_("How it stands")),
    ("/document", N_("Tender document")),
    ("/notice", N_("Keyset and notice")),
    ("/questions", N_("Clarification")),
    ("/venue", N_("Halls and rooms")),
    ("/panel", N_("Committee")),
    ("/host", N_("Opening")),
    ("/award", N_("Award and publicity")),
)

BESIDE = {
    "/notice": ("/invited",),
    "/questions": ("/addendum", "/extension", "/holders"),
    "/host": ("/reserve", "/qualification"),
    "/panel": ("/sitting",),
    "/award": ("/objections/desk", "/award/contract"),
}
"""Pages without a tab of their own, by the tab they belong to."""


@dataclass(frozen=True)
class Ground:
    """One section of the actor's own, and what its pages say on top."""

    section: Section
    project: Project
    bodies: dict[str, Organisation]
    progress: Progress

    @property
    def state(self) -> SectionState:
        """Where the section stands."""
        return SectionState(self.section.state)

    @property
    def path(self) -> str:
        """The address of the section's pages."""
        return f"/sections/{self.section.id}"


async def ground_of(session: AsyncSession, visit: Visit, tender: str, number: str) -> Ground:
    """The section if it is the actor's own; `section.unknown` for a stranger."""
    section = await find_own_section(session, visit.actor, f"{tender}/{number}")
    project = await find_project(session, visit.actor, section.project)
    return Ground(section, project, await bodies_of(session, [project]), await progress_in(session, section))


def show_section(visit: Visit, stack: Stack, ground: Ground, template: str, **facts: Any) -> PageResponse:
    """A page of the section under its head and tabs."""
    tabs = [Link(text, visit.url(ground.path + tail), _is_at(visit, ground, tail)) for tail, text in TABS]
    return page(
        visit,
        template,
        demo=stack.demo,
        ground=ground,
        section=ground.section,
        project=ground.project,
        state_text=SECTION_STATES[ground.state],
        tabs=tabs,
        **gate_facts(),
        **facts,
    )


def _is_at(visit: Visit, ground: Ground, tail: str) -> bool:
    return any(visit.path.startswith(ground.path + one) for one in (tail, *BESIDE.get(tail, ())))


def gate_facts() -> dict[str, Any]:
    """What templates need to speak of gates."""
    return {"phases": PHASES, "places": PLACES, "statuses": STATUSES, "gate_words": gate_words}
