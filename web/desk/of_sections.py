"""The workbench of those who run tenders: procuring side, centre and supervisor, from where their sections stand."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw
from infra.custody.tables import Keyset
from infra.db.journal import Line
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from trading.clarifications.states import OPEN
from trading.clarifications.tables import Question
from trading.opening.queries import late_objections
from trading.opening.states import WAITING
from trading.opening.tables import BidOpening, Halt
from trading.projects.queries import visible_projects
from trading.projects.tables import Project
from trading.regimes.regime import DEMO
from trading.regimes.rules import REGIMES
from trading.sections.states import SectionState
from trading.sections.tables import Section
from trading.ways.queries import upheld_without_way
from web.desk.todo import Bench, Due, Todo
from web.i18n import N_

OVER = (SectionState.NOTIFIED, SectionState.FAILED)
MOST = 300

_S = SectionState
OPENING = N_("Deadline and opening")
LATE = N_("Red flag: answer the objection in the hall, its time is over (%(n)s open)")
LATE_ELSEWHERE = N_("Red flag: the host has not answered an objection in the hall in time (%(n)s open)")
PROCURING: dict[SectionState, tuple[str, str]] = {
    _S.DRAFT: (N_("Write and freeze the tender document"), "/document"),
    _S.DECRYPTING: (N_("Bids are being opened: follow the opening"), "/hall"),
    _S.REPORTED: (N_("Read the report and publish the candidates"), "/award"),
    _S.DETERMINED: (N_("Publish the award notice"), "/award"),
}
PURCHASING: dict[SectionState, tuple[str, str]] = {
    _S.OPENED: (N_("Let the purchaser examine the qualification of the bids"), "/qualification"),
    _S.REPORTED: (N_("Let the purchaser confirm the report, or return it"), "/award/review"),
    _S.DETERMINED: (N_("Publish the result with the experts' names"), "/award"),
}
"""What is next in a government purchase."""
OTHERS = {
    _S.EVALUATING: N_("The committee evaluates"),
    _S.MARKED: N_("The judges sign the report"),
}


class Row(NamedTuple):
    """One running section as a workbench needs it: its keyset, its last draw, what waits in the opening, how many ask.

    `late` counts objections at the opening that have no answer although the record's limit has passed, `upheld` those
    to the result that were upheld and have no way on.
    """

    section: Section
    keyset_published: bool
    draw: Draw | None
    halted: bool
    undecided: int
    asked: int = 0
    late: int = 0
    upheld: int = 0
    qualified: int = 0

    @property
    def reviewed(self) -> bool:
        """Whether this is a purchase: the purchaser's review takes the place of candidates in publicity."""
        return REGIMES.get(self.section.regime, mode=DEMO).reviewed

    @property
    def state(self) -> SectionState:
        """Where the section stands."""
        return SectionState(self.section.state)

    def path(self, tail: str = "") -> str:
        """A page of the section."""
        return f"/sections/{self.section.id}{tail}"


async def running_sections(session: AsyncSession, actor: Actor) -> list[Row]:
    """The running sections of the projects that the actor may see; nothing of bids before the closing."""
    drawn = aliased(Draw)
    newest = select(func.max(drawn.number)).where(drawn.section == Section.id).correlate(Section).scalar_subquery()
    undecided = (
        select(func.count()).where(BidOpening.section == Section.id, BidOpening.stage.in_(WAITING)).scalar_subquery()
    )
    asked = (
        select(func.count())
        .where(Question.section == Section.id, Question.state.in_(OPEN), Question.shown_at <= func.now())
        .scalar_subquery()
    )
    late, upheld = late_objections(Section.id), upheld_without_way(Section.id)
    examined = Line.section == Section.id, Line.event == Event.QUALIFICATION_EXAMINED
    qualified = select(func.count()).select_from(Line).where(*examined).scalar_subquery()
    mine = visible_projects(actor).with_only_columns(Project.id)
    rows = await session.execute(
        select(Section, Keyset.published_at, Draw, Halt.section, undecided, asked, late, upheld, qualified)
        .outerjoin(Keyset, Keyset.id == Section.keyset)
        .outerjoin(Draw, (Draw.section == Section.id) & (Draw.number == newest))
        .outerjoin(Halt, (Halt.section == Section.id) & Halt.decision.is_(None))
        .where(Section.project.in_(mine), Section.state.not_in(OVER))
        .order_by(Section.deadline.nulls_last(), Section.id)
        .limit(MOST)
    )
    return [
        Row(section, published is not None, draw, halted is not None, *counts)
        for section, published, draw, halted, *counts in rows
    ]


async def bench_of_sections(session: AsyncSession, actor: Actor) -> Bench:
    """The part of a workbench that follows from the actor's sections."""
    bench, look = Bench(), LOOKS[actor.role]
    for row in await running_sections(session, actor):
        bench.add(look(row))
        bench.waiting += list(others(row)) if actor.role in (Role.AGENT, Role.PROCURING) else []
    return bench


def for_procurers(row: Row) -> Iterator[Todo | Due]:
    """What the procuring side does next in a section."""
    about, draw = row.section.title, row.draw
    if row.state is _S.PUBLICITY and row.upheld:
        yield Todo(N_("An objection was upheld: decide how the result goes on"), about, row.path("/award/way"))
    elif row.reviewed and row.state in PURCHASING and not (row.state is _S.OPENED and row.qualified):
        text, tail = PURCHASING[row.state]
        yield Todo(text, about, row.path(tail))
    elif row.state in PROCURING:
        text, tail = PROCURING[row.state]
        yield Todo(text, about, row.path(tail))
    elif row.state is _S.BIDDING and row.section.suspended_at is not None:
        yield Todo(N_("Answer the objection: the tender stands still until then"), about, row.path("/questions"))
    elif row.state is _S.BIDDING and row.asked:
        yield Todo(N_("Questions wait for an answer"), about, row.path("/questions"))
    elif row.state is _S.READY and row.section.keyset is None:
        yield Todo(N_("Ask the trustees for the keyset"), about, row.path("/notice"))
    elif row.state is _S.READY and row.keyset_published:
        yield Todo(N_("The keyset is ready: preview and publish the notice"), about, row.path("/notice"))
    elif row.state is _S.OPENED and draw is None and not row.halted:
        yield Todo(N_("Ask for the draw of judges"), about, row.path("/panel"))
    if row.late:
        yield Todo(LATE, about, row.path("/host"), number=row.late)
    yield from _dues(row)


def for_centre(row: Row) -> Iterator[Todo | Due]:
    """What the centre does next in a section."""
    about, draw = row.section.title, row.draw
    if row.state is _S.DECRYPTING:
        yield Todo(N_("Bids are being opened: host the opening"), about, row.path("/hall"))
    if row.late:
        yield Todo(LATE, about, row.path("/host"), number=row.late)
    if row.undecided:
        yield Todo(N_("Decide the cause: %(n)s bids did not open"), about, row.path("/hall"), number=row.undecided)
    if row.halted:
        yield Todo(N_("Decide whether the section goes on with so few bids"), about, row.path("/hall"))
    if draw is not None and draw.state == DrawState.REQUESTED:
        yield Todo(N_("Freeze the pool of experts for the draw"), about, row.path("/seats"))
    if draw is not None and row.state is _S.OPENED and draw.revealed_at and draw.sign_in_by is None:
        yield Todo(N_("Appoint the hour for the judges' sign-in"), about, row.path("/seats"))
    yield from _dues(row)


def for_supervisors(row: Row) -> Iterator[Todo | Due]:
    """What the supervising body looks at in a section."""
    about, draw = row.section.title, row.draw
    if row.state is _S.DECRYPTING:
        yield Todo(N_("Bids are being opened: follow the opening"), about, row.path("/hall"))
    if row.late:
        yield Todo(LATE_ELSEWHERE, about, row.path("/hall"), number=row.late)
    if row.halted:
        yield Todo(N_("Opening halted: the centre decides"), about, row.path("/hall"))
    if draw is not None and draw.state == DrawState.FAILED:
        yield Todo(N_("A draw has failed: look at it before it is repeated"), about, row.path())
    yield from _dues(row)


def others(row: Row) -> Iterator[Todo]:
    """What the procuring side waits for in a section."""
    about = row.section.title
    if row.state in OTHERS:
        yield Todo(OTHERS[row.state], about, row.path())
    elif row.state is _S.READY and row.section.keyset is not None and not row.keyset_published:
        yield Todo(N_("The trustees are making the keyset"), about, row.path("/notice"))
    elif row.state is _S.OPENED and row.halted:
        yield Todo(N_("Opening halted: the centre decides"), about, row.path("/hall"))
    elif row.state is _S.OPENED and row.draw is not None:
        yield Todo(N_("The judges are being drawn and sign in"), about, row.path("/panel"))


LOOKS: dict[Role, Any] = {
    Role.AGENT: for_procurers,
    Role.PROCURING: for_procurers,
    Role.CENTRE: for_centre,
    Role.SUPERVISOR: for_supervisors,
}


def _dues(row: Row) -> Iterator[Due]:
    if row.state is _S.BIDDING and row.section.deadline:
        yield Due(row.section.deadline, OPENING, row.section.title, row.path("/hall"))
    if row.state is _S.PUBLICITY and row.section.publicity_ends:
        yield Due(row.section.publicity_ends, N_("Publicity of candidates ends"), row.section.title, row.path())
