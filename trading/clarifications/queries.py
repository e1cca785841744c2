"""Reading versions, answers and questions: everybody reads what is published, an asker its own, nobody who asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.context import Actor
from infra.kernel.problems import Problem
from trading.clarifications.states import QuestionKind, QuestionState
from trading.clarifications.tables import Addendum, Clarification, Extension, Question, Subscription
from trading.sections.queries import find_own_section
from trading.sections.tables import DocumentVersion, Section

STATES = tuple(QuestionState)
PAGE = 20


@dataclass(frozen=True)
class Asked:
    """A question as the procuring side reads it: the day it came to the inbox, and nothing of who asked or when."""

    id: str
    kind: QuestionKind
    state: QuestionState
    text: str
    day: datetime
    due_at: datetime | None
    answer: str | None
    affects: bool | None
    reasons: str | None


@dataclass(frozen=True)
class Changes:
    """What has been issued since the notice, in order: answers, addenda, later deadlines, versions of the document."""

    clarifications: tuple[Clarification, ...] = ()
    addenda: tuple[Addendum, ...] = ()
    extensions: tuple[Extension, ...] = ()
    versions: tuple[DocumentVersion, ...] = ()

    @property
    def version(self) -> int:
        """The version in force."""
        return self.versions[-1].version if self.versions else 1

    @property
    def any(self) -> bool:
        """Whether anything was issued at all."""
        return bool(self.clarifications or self.addenda or self.extensions)


async def changes_of(session: AsyncSession, section_id: str) -> Changes:
    """Everything published about a section's document; for a section that everybody may read."""
    clarifications = select(Clarification).where(Clarification.section == section_id).order_by(Clarification.number)
    addenda = select(Addendum).where(Addendum.section == section_id).order_by(Addendum.version)
    extensions = select(Extension).where(Extension.section == section_id).order_by(Extension.number)
    return Changes(
        tuple(await session.scalars(clarifications)),
        tuple(await session.scalars(addenda)),
        tuple(await session.scalars(extensions)),
        tuple(await versions_of(session, section_id)),
    )


async def versions_of(session: AsyncSession, section_id: str) -> list[DocumentVersion]:
    """Every version of a tender document, the first one first."""
    wanted = select(DocumentVersion).where(DocumentVersion.section == section_id).order_by(DocumentVersion.version)
    return list(await session.scalars(wanted))


async def version_of(session: AsyncSession, section_id: str, version: int) -> DocumentVersion:
    """One version; `document.version-unknown`."""
    found = await session.get(DocumentVersion, (section_id, version)) if 0 < version < 2**31 else None
    if found is None:
        raise Problem("document.version-unknown", version=version)
    return found


async def inbox(session: AsyncSession, actor: Actor, section_id: str, state: str = "", page: int = 1) -> "Inbox":
    """The questions on a section of the actor's own, the newest day first; `section.unknown` for strangers.

    Those of one day stand in an order that tells nothing: a later place is no later question.
    """
    await find_own_section(session, actor, section_id)
    seen = [Question.section == section_id, Question.shown_at <= func.now()]
    counted = await session.execute(select(Question.state, func.count()).where(*seen).group_by(Question.state))
    counts = {name: number for name, number in counted}
    if state in set(STATES):
        seen.append(Question.state == state)
    wanted = select(Question).where(*seen).order_by(func.date_trunc("day", Question.shown_at).desc(), Question.id)
    rows = await session.scalars(wanted.offset((max(page, 1) - 1) * PAGE).limit(PAGE))
    total = counts.get(state, 0) if state in set(STATES) else sum(counts.values())
    return Inbox([_asked(row) for row in rows], counts, total, max(page, 1))


@dataclass(frozen=True)
class Inbox:
    """A page of questions, how many there are of each state, and of those asked for."""

    questions: list[Asked]
    counts: dict[str, int]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // PAGE))


async def find_asked(session: AsyncSession, actor: Actor, section_id: str, question_id: str) -> Asked:
    """One question on a section of the actor's own; `question.unknown` for any other."""
    await find_own_section(session, actor, section_id)
    seen = Question.id == question_id, Question.section == section_id, Question.shown_at <= func.now()
    found = None if "\0" in question_id else (await session.scalars(select(Question).where(*seen))).one_or_none()
    if found is None:
        raise Problem("question.unknown", id=question_id)
    return _asked(found)


async def own_questions(session: AsyncSession, actor: Actor, section_id: str) -> Sequence[Question]:
    """What the acting body itself asked on a section, the newest first."""
    if actor.organisation is None:
        return []
    own = Question.asker == actor.organisation, Question.section == section_id
    return list(await session.scalars(select(Question).where(*own).order_by(Question.asked_at.desc(), Question.id)))


async def section_of_own(session: AsyncSession, actor: Actor, question_id: str) -> str:
    """The section that a question of the acting body is about; `question.unknown` for any other."""
    own = Question.id == question_id, Question.asker == actor.organisation
    found = None if "\0" in question_id else (await session.scalars(select(Question.section).where(*own))).one_or_none()
    if found is None:
        raise Problem("question.unknown", id=question_id)
    return found


async def is_subscribed(session: AsyncSession, actor: Actor, section_id: str) -> bool:
    """Whether the acting body is told of changes by its own wish."""
    own = Subscription.section == section_id, Subscription.organisation == actor.organisation
    return actor.organisation is not None and (
        (await session.scalars(select(Subscription.id).where(*own))).one_or_none() is not None
    )


async def public_document_file(session: AsyncSession, section: Section, name: str) -> tuple[dict[str, Any], int]:
    """A file `<sha256>-<name>` of any version, and the newest version that has it; `document.file-unknown`."""
    for version in reversed(await versions_of(session, section.id)):
        for file in version.files:
            if f"{file['sha256']}-{file['name']}" == name:
                return file, version.version
    raise Problem("document.file-unknown", name=name[-80:])


def _asked(row: Question) -> Asked:
    return Asked(
        id=row.id,
        kind=QuestionKind(row.kind),
        state=QuestionState(row.state),
        text=row.text,
        day=row.shown_at,
        due_at=row.due_at,
        answer=row.answer,
        affects=row.affects,
        reasons=row.reasons,
    )
