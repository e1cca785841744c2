"""What is public about one body 主体: what it runs, where it bid once that was opened, what it won. Nothing of sealed bids."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.tables import Membership, Organisation
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from trading.notices.kinds import NoticeKind
from trading.notices.tables import Notice
from trading.projects.tables import Project
from trading.sections.queries import HIDDEN, UP
from trading.sections.states import SectionState
from trading.sections.tables import Section

MOST = 200
PAGE = 20


class Run(NamedTuple):
    """A section that the body runs, and as what (`procuring` or `agent`)."""

    section: str
    title: str
    state: SectionState
    role: Role
    published_at: datetime | None


class Took(NamedTuple):
    """An opened section in which the body bid: `price` in yuan where the bid opened, whether it was named the winner."""

    section: str
    title: str
    state: SectionState
    opened_at: datetime
    price: str | None
    won: bool


@dataclass(frozen=True)
class Subject:
    """One body with its public record; each list holds the newest 200 at most."""

    body: Organisation
    roles: tuple[Role, ...]
    runs: tuple[Run, ...]
    took: tuple[Took, ...]

    @property
    def wins(self) -> int:
        """In how many of the listed sections it won."""
        return sum(one.won for one in self.took)


class Bodies(NamedTuple):
    """One page of the directory: bodies in order of name, how many there are, whether more follow."""

    items: list[Organisation]
    total: int
    page: int
    more: bool


async def subject(session: AsyncSession, credit_code: str) -> Subject:
    """The body of a credit code; `subject.unknown` for what is registered nowhere here."""
    wanted = select(Organisation).where(Organisation.credit_code == credit_code[:18])
    body = None if "\0" in credit_code else (await session.execute(wanted)).scalar_one_or_none()
    if body is None:
        raise Problem("subject.unknown", credit_code=credit_code[:18])
    roles = select(Membership.role).where(Membership.organisation == body.id).distinct().order_by(Membership.role)
    return Subject(
        body,
        tuple(Role(role) for role in await session.scalars(roles)),
        await _runs(session, body),
        await _took(session, body),
    )


async def bodies(session: AsyncSession, words: str, page: int) -> Bodies:
    """Bodies whose name or credit code contains the words, twenty a page; a page beyond the end is empty."""
    fits = _contains(words)
    total = (await session.execute(select(func.count(Organisation.id)).where(fits))).scalar_one()
    first = (max(1, page) - 1) * PAGE
    shown = select(Organisation).where(fits).order_by(Organisation.name, Organisation.id).limit(PAGE).offset(first)
    return Bodies(list(await session.scalars(shown)), total, max(1, page), total > first + PAGE)


def _contains(words: str) -> ColumnElement[bool]:
    text = words.replace("\0", "").strip()
    if not text:
        return true()
    return or_(
        Organisation.name.icontains(text, autoescape=True), Organisation.credit_code.icontains(text, autoescape=True)
    )


async def _runs(session: AsyncSession, body: Organisation) -> tuple[Run, ...]:
    rows = await session.execute(
        select(Section.id, Section.title, Section.state, Project.procuring_entity, Section.published_at)
        .join(Project, Project.id == Section.project)
        .where(or_(Project.procuring_entity == body.id, Project.agent == body.id), Section.state.not_in(HIDDEN), UP)
        .order_by(Section.published_at.desc(), Section.id)
        .limit(MOST)
    )
    return tuple(
        Run(section, title, SectionState(state), Role.PROCURING if owner == body.id else Role.AGENT, at)
        for section, title, state, owner, at in rows
    )


async def _took(session: AsyncSession, body: Organisation) -> tuple[Took, ...]:
    """Only sections whose record has been read out: before that nobody may know who bid."""
    rows = list(
        await session.execute(
            select(Section.id, Section.title, Section.state, Section.opened_at, Bid.form)
            .join(Bid, Bid.section == Section.id)
            .where(
                Bid.bidder == body.id,
                Bid.state.in_((BidState.OPENED, BidState.UNOPENED)),
                Section.opened_at.is_not(None),
                UP,
            )
            .order_by(Section.opened_at.desc(), Section.id)
            .limit(MOST)
        )
    )
    awards = select(Notice.section, Notice.candidates).where(
        Notice.section.in_([row[0] for row in rows]), Notice.kind == NoticeKind.AWARD, Notice.superseded_at.is_(None)
    )
    won = {
        section
        for section, candidates in await session.execute(awards)
        if candidates and candidates[0].get("credit_code") == body.credit_code
    }
    return tuple(
        Took(section, title, SectionState(state), at, (form or {}).get("price"), section in won)
        for section, title, state, at, form in rows
    )
