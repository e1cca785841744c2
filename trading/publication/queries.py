"""What the public may read of one section: its dossier, opening record, evaluation, draws and logged events."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import aliased

from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw
from infra.auth.tables import Organisation
from infra.crypto import keyset as documents
from infra.custody.actions import signed_keyset
from infra.custody.tables import Keyset, Trustee
from infra.db.journal import Line
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.tlog import evidence as proofs
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from trading.capacity.queries import capacity_of
from trading.capacity.rules import Capacity
from trading.choice.queries import Choice, choice_of
from trading.evaluation.resolving import FOUND_BY_COMMITTEE
from trading.evaluation.rounds import Earlier, earlier_evaluations, reopened_line
from trading.evaluation.tables import Evaluation
from trading.notices.queries import section_notices
from trading.notices.tables import Notice
from trading.opening.queries import Progress, opening_progress
from trading.opening.rules import TOO_FEW_BIDS, TOO_FEW_OPENED
from trading.projects.tables import Project
from trading.publication.opened import Opened, opening_record, told_lines, troubles
from trading.publication.rules import OF_DOCUMENT, may_read
from trading.qualification.rules import TOO_FEW_QUALIFIED
from trading.reserve.queries import told_reserve
from trading.reserve.tables import ReservePrice
from trading.review.queries import ANSWERED, RENEWED, Review, review_of
from trading.sections.queries import HIDDEN, UP, followers_of, public_section
from trading.sections.states import SectionState
from trading.sections.tables import Document, Section
from trading.ways.queries import Decided, passed_in, ways_of

OF_KEYSETS = (Event.KEYSET_PUBLISHED, Event.KEY_RELEASED, Event.KEY_REFUSED)
ANNOUNCED = (DrawState.REVEALED, DrawState.DISCLOSED)


@dataclass(frozen=True)
class Custodian:
    """One holder of an opening key: its own name, the body it acts for (`agent`, `centre`, …), when it released."""

    name: str
    body: str
    released_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """How a section stands in a list of openings; `bids` and `opened` None until the deadline has been acted on.

    While it is `suspended` an objection to the tender document waits for its answer, and nothing is opened.
    """

    state: SectionState
    procuring_entity: str
    bids: int | None = None
    opened: int | None = None
    suspended: bool = False


@dataclass(frozen=True)
class Answers:
    """What the judges answered to the report (TBR 53): signed, written reasons against it, silent for the whole time."""

    signed: tuple[str, ...] = ()
    dissents: Mapping[str, str] = field(default_factory=dict)
    silent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """How the procuring entity decided a tie: each tied group in its order, the written reasons, when."""

    order: tuple[tuple[str, ...], ...]
    reasons: str
    at: datetime


@dataclass(frozen=True)
class Dossier:
    """A published section with everything around it that is public now; `opened` and `evaluation` None until theirs."""

    section: Section
    project: Project
    procuring_entity: Organisation
    agent: Organisation
    document: Document
    keyset: documents.Keyset
    custodians: tuple[Custodian, ...]
    notices: tuple[Notice, ...]
    opened: Opened | None
    evaluation: Evaluation | None
    answers: Answers = Answers()
    progress: Progress | None = None
    decision: Decision | None = None
    reserve: ReservePrice | None = None
    second: documents.Keyset | None = None
    """The keyset of the price envelopes, where there are two."""
    ways: tuple[Decided, ...] = ()
    capacity: Capacity = field(default_factory=Capacity)
    """What was decided about a result that could not stand."""
    choice: Choice | None = None
    """Whom the procuring entity chose among the candidates, where that is left to it."""
    review: Review = field(default_factory=Review)
    """What the procuring entity said to the report, and the marks corrected after locking."""
    earlier: tuple[Earlier, ...] = ()
    """Evaluations that were set aside, for the committee evaluated again."""
    reopened: int = 0
    """The journal's line by which the last of them was set aside; what was public until then stays so."""
    followers: tuple[str, ...] = ()
    """The published sections that call a failed one anew."""

    @property
    def passed(self) -> tuple[str, ...]:
        """The bids of candidates that dropped out."""
        return passed_in(self.ways)

    @property
    def closed(self) -> bool:
        """Whether the deadline has been acted on."""
        return self.section.closed_at is not None

    @property
    def unsealed(self) -> bool:
        """Whether who bid is no secret any more; never where too few bids were handed in for any to be opened."""
        return self.closed and self.section.failed_why != TOO_FEW_BIDS

    @property
    def marked(self) -> bool:
        """Whether every judge's marks are public."""
        return self.evaluation is not None

    @property
    def judged(self) -> bool:
        """Whether the committee's acts are public: marks are, or the section failed after it was drawn."""
        return self.marked or self.section.failed_why in (*FOUND_BY_COMMITTEE, TOO_FEW_OPENED, TOO_FEW_QUALIFIED)

    @property
    def halted(self) -> bool:
        """Whether too few bids are left and the centre has not decided yet."""
        return self.progress is not None and self.progress.halted and self.section.state != SectionState.FAILED

    @property
    def unchecked(self) -> bool:
        """Whether prices are read out and files still being checked."""
        told, running = self.progress, self.section.state in (SectionState.OPENED, SectionState.EVALUATING)
        return told is not None and running and told.checked + told.left_out < told.listed

    @property
    def rejected(self) -> Mapping[str, str]:
        """Rejected bids with article and reasons; empty before the marks are public."""
        found: Mapping[str, str] = {} if self.evaluation is None else self.evaluation.evidence["rejected"]
        return found


async def dossier(session: AsyncSession, section_id: str, *, taken_down: bool = False) -> Dossier:
    """All of one section that anybody may read; `section.unknown` for strangers, drafts and nonsense alike.

    `publication.over` after its term, but with `taken_down` for who has a right of its own to read on.
    """
    section = await public_section(session, section_id, taken_down=taken_down)
    entity, agent = aliased(Organisation), aliased(Organisation)
    around = (
        select(Project, entity, agent, Document, Keyset, Evaluation)
        .join(entity, entity.id == Project.procuring_entity)
        .join(agent, agent.id == Project.agent)
        .join(Document, Document.section == section_id)
        .join(Keyset, Keyset.id == section.keyset)
        .outerjoin(Evaluation, Evaluation.section == section_id)
        .where(Project.id == section.project)
    )
    project, procuring_entity, its_agent, document, keyset, evaluation = (await session.execute(around)).one()
    closed = section.closed_at is not None
    lines = await told_lines(session, section) if closed else []
    signed, second = signed_keyset(keyset), None
    if section.second_keyset is not None:
        second = signed_keyset(await session.get_one(Keyset, section.second_keyset))
    return Dossier(
        section=section,
        project=project,
        procuring_entity=procuring_entity,
        agent=its_agent,
        document=document,
        keyset=signed,
        second=second,
        custodians=await _custodians(session, signed, lines),
        notices=tuple(await section_notices(session, section_id, section.taken_down_at)),
        opened=opening_record(lines, await troubles(session, section_id, lines)),
        evaluation=evaluation,
        answers=Answers() if evaluation is None else await answers_of(session, section_id),
        progress=await opening_progress(session, section_id) if closed else None,
        decision=None if evaluation is None else await decision_of(session, section_id),
        ways=await ways_of(session, section_id) if closed else (),
        capacity=Capacity() if evaluation is None else await capacity_of(session, section_id),
        earlier=tuple(await earlier_evaluations(session, section_id)) if closed else (),
        reopened=(await session.execute(select(reopened_line(section_id)))).scalar_one() if closed else 0,
        choice=None if evaluation is None else await choice_of(session, section_id),
        review=Review() if evaluation is None else await review_of(session, section_id),
        reserve=await told_reserve(session, section_id) if closed else None,
        followers=await followers_of(session, section_id) if section.state == SectionState.FAILED else (),
    )


async def standings(session: AsyncSession, sections: Collection[str]) -> dict[str, Standing]:
    """How these sections stand, by id; those that are not published are left out."""
    rows = await session.execute(
        select(Section.id, Section.state, Organisation.name, Section.suspended_at)
        .join(Project, Project.id == Section.project)
        .join(Organisation, Organisation.id == Project.procuring_entity)
        .where(Section.id.in_(sections), Section.state.not_in(HIDDEN), UP)
    )
    counted = func.jsonb_array_length(Line.facts["bids"])
    closed = select(Line.section, counted).where(Line.section.in_(sections), Line.event == Event.SECTION_CLOSED)
    bids = {section: count for section, count in await session.execute(closed)}
    opens = select(Bid.section, func.count()).where(Bid.section.in_(list(bids)), Bid.state == BidState.OPENED)
    opened = {section: count for section, count in await session.execute(opens.group_by(Bid.section))}
    return {
        section: Standing(SectionState(state), name, bids.get(section), opened.get(section, 0))
        if section in bids
        else Standing(SectionState(state), name, suspended=since is not None)
        for section, state, name, since in rows
    }


async def readable_lines(session: AsyncSession, found: Dossier) -> list[Line]:
    """The section's logged events that everybody may read now, in order of their leaves; what waits for a leaf is last."""
    state = {"closed": found.unsealed, "marked": found.judged or found.reopened > 0}
    # What nobody may read is not even fetched: how long the page takes must not tell how many bids there are.
    shown = [one for one in Event if any(may_read(one, of_draw=of_draw, **state) for of_draw in (False, True))]
    lines = select(Line).where(Line.section == found.section.id, Line.salt.is_not(None), Line.event.in_(shown))
    rows = (await session.scalars(lines.order_by(Line.leaf.nulls_last(), Line.id))).all()
    return [line for line in rows if _readable(line, found)]


async def proof_of(session: AsyncSession, found: Dossier, leaf: int) -> dict[str, Any]:
    """One readable event with salt and proof of inclusion, and (once closed) its place in the section's chain.

    `event.unknown` where no event of this section that may be read has that leaf; `event.pending` before co-signing.
    """
    wanted = select(Line).where(Line.section == found.section.id, Line.leaf == leaf)
    line = (await session.scalars(wanted)).one_or_none()
    if line is None or not _readable(line, found):
        raise Problem("event.unknown", leaf=leaf, section=found.section.id)
    shown = await proofs.evidence(session, line)
    if shown is None:
        raise Problem("event.pending", leaf=leaf, section=found.section.id)
    if not found.closed or line.link_salt is None or line.previous is None:
        return shown
    return {**shown, "link": {"salt": b64(line.link_salt), "number": line.number, "previous": b64(line.previous)}}


async def acts_after_closing(engine: AsyncEngine, section_id: str) -> int:
    """How many journal lines a section has once its deadline has been acted on, 0 before: a version of its pages.

    Before that nothing may depend on its lines, not even how soon a page is there: they would tell of bids.
    """
    closed = select(Section.id).where(Section.id == section_id, Section.closed_at.is_not(None)).scalar_subquery()
    async with engine.connect() as connection:
        number = await connection.execute(select(func.count()).select_from(Line).where(Line.section == closed))
        return int(number.scalar_one())


async def answers_of(session: AsyncSession, section_id: str) -> Answers:
    """What the judges have answered so far, by judge, to the version of the report that is in force."""
    answered = (*ANSWERED, *RENEWED)
    wanted = (
        select(Line.event, Line.facts)
        .where(Line.section == section_id, Line.event.in_(answered), Line.id > reopened_line(section_id))
        .order_by(Line.id)
    )
    rows = [(event, facts) for event, facts in await session.execute(wanted)]
    renewed = [place for place, (event, _) in enumerate(rows, 1) if event in RENEWED]
    rows = rows[renewed[-1] if renewed else 0 :]
    signed = tuple(facts["judge"] for event, facts in rows if event == Event.REPORT_SIGNED)
    settled = [facts["silent"] for event, facts in rows if event == Event.REPORT_SETTLED]
    return Answers(
        signed=signed,
        dissents={facts["judge"]: facts["reasons"] for event, facts in rows if event == Event.REPORT_DISSENTED},
        silent=tuple(judge for silent in settled for judge in silent if judge not in signed),
    )


async def decision_of(session: AsyncSession, section_id: str) -> Decision | None:
    """The procuring entity's decision of a tie, None where none was made (or needed)."""
    wanted = select(Line.facts, Line.at).where(Line.section == section_id, Line.event == Event.TIE_DECIDED)
    wanted = wanted.where(Line.id > reopened_line(section_id))
    found = (await session.execute(wanted)).one_or_none()
    if found is None:
        return None
    facts, at = found
    return Decision(tuple(tuple(group) for group in facts["decided"]), facts["reasons"], at)


async def announced_draws(session: AsyncSession, found: Dossier) -> list[Draw]:
    """The draws whose evidence is public: none before the committee's acts are."""
    if not found.judged and not found.earlier:
        return []
    draws = select(Draw).where(Draw.section == found.section.id, Draw.state.in_(ANNOUNCED)).order_by(Draw.number)
    if not found.judged:
        draws = draws.where(Draw.requested_at < found.earlier[-1].set_aside_at)
    return list(await session.scalars(draws))


def _readable(line: Line, found: Dossier) -> bool:
    event = Event(line.event)
    if found.section.invited_by is not None and not found.closed and event in OF_DOCUMENT:
        return False
    of_draw = event.startswith("draw.") or (event in OF_KEYSETS and line.subject not in found.section.keysets)
    marked = found.judged or line.id <= found.reopened
    return may_read(event, of_draw=of_draw, closed=found.unsealed, marked=marked)


async def _custodians(session: AsyncSession, keyset: documents.Keyset, lines: list[Line]) -> tuple[Custodian, ...]:
    released = {line.facts["custodian"]: line.at for line in lines if line.event == Event.KEY_RELEASED}
    bodies = {name: body for name, body in await session.execute(select(Trustee.name, Trustee.body))}
    return tuple(Custodian(one.name, bodies.get(one.name, ""), released.get(one.name)) for one in keyset.custodians)
