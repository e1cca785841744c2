"""Ties as they are kept and found again, and who of the pool must stay away from one draw."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.directory.one_body import all_codes
from expertpool.draw.tables import Draw
from expertpool.experts.rules import Tie, TieKind
from expertpool.experts.sealing import fingerprint, name_of, name_tag, open_document, seal_document
from expertpool.experts.tables import Expert
from expertpool.recusal.rules import Person, lasts
from expertpool.recusal.tables import ExpertTie, PanelRequest
from infra.auth.keys import KeyService
from infra.db.work import Work

TIE = "expert tie"
AVOIDED = "panel avoided"
SELF, IMPORT, REVIEW = "self", "import", "review"


async def keep_ties(work: Work, keys: KeyService, expert: Expert, ties: Iterable[Tie], source: str) -> None:
    """The ties of an expert as one source tells them now; what it told before is replaced."""
    await work.session.execute(delete(ExpertTie).where(ExpertTie.expert == expert.id, ExpertTie.source == source))
    for tie in sorted(set(ties), key=str):
        _add(work, keys, expert, tie, source)
    await work.session.flush()


async def note_former_employer(work: Work, keys: KeyService, expert: Expert) -> None:
    """Before an expert's employer changes: the one until today stays a tie for the years the law asks for (GPR 9(1))."""
    if expert.employer is not None:
        ended = Tie(expert.employer, TieKind.EMPLOYED, until=work.ctx.now.date())
        _add(work, keys, expert, ended, REVIEW)


def code_tag(keys: KeyService, code: str) -> bytes:
    """The keyed hash under which ties to a body are found."""
    return keys.tag("tie code", "", code.encode())


async def ties_of(session: AsyncSession, keys: KeyService, experts: Sequence[str]) -> dict[str, tuple[Tie, ...]]:
    """The ties of these experts, by expert; whoever has none stands with none."""
    rows = await session.execute(select(ExpertTie).where(ExpertTie.expert.in_(experts)).order_by(ExpertTie.id))
    found: dict[str, list[Tie]] = {one: [] for one in experts}
    for row in rows.scalars():
        found[row.expert].append(_tie(keys, row))
    return {expert: tuple(ties) for expert, ties in found.items()}


async def persons_of(session: AsyncSession, keys: KeyService, experts: Sequence[str]) -> dict[str, Person]:
    """What the rules of recusal look at, by expert."""
    ties = await ties_of(session, keys, experts)
    rows = (await session.execute(select(Expert).where(Expert.id.in_(experts)))).scalars()
    return {one.id: Person(one.employer, ties[one.id], name_of(keys, one)) for one in rows}


async def excluded(session: AsyncSession, keys: KeyService, draw: Draw, now: datetime | None = None) -> set[str]:
    """Ids of experts who are not eligible for this draw: avoided by name or identity, or tied to a party known by then.

    An employer with an avoided code is not looked at: the draw itself avoids those by their pseudonyms. One that is the same
    body under another code today is. `now` is the draw's request by default.
    """
    asked = await session.get(PanelRequest, draw.id)
    told = {} if asked is None else open_document(keys, AVOIDED, draw.id, asked.sealed_avoided)
    avoided = set(draw.request.get("avoid", ()))
    codes = await all_codes(session, avoided)
    today = (now or draw.requested_at).date()
    named = await _named(session, keys, told.get("persons", ()))
    tied = select(ExpertTie).where(ExpertTie.code_tag.in_([code_tag(keys, code) for code in sorted(codes)]))
    rows = (await session.execute(tied)).scalars()
    merged = set(await session.scalars(select(Expert.id).where(Expert.employer.in_(sorted(codes - avoided)))))
    return named | merged | {row.expert for row in rows if lasts(_tie(keys, row), today)}


def _add(work: Work, keys: KeyService, expert: Expert, tie: Tie, source: str) -> None:
    tie_id = work.ctx.new_id("tie")
    told = [tie.code, str(tie.kind), *(None if day is None else day.isoformat() for day in (tie.since, tie.until))]
    work.session.add(
        ExpertTie(
            id=tie_id,
            region=expert.region,
            expert=expert.id,
            source=source,
            sealed=seal_document(keys, TIE, tie_id, told, work.ctx.random),
            code_tag=code_tag(keys, tie.code),
            noted_at=work.ctx.now,
        )
    )


async def _named(session: AsyncSession, keys: KeyService, persons: Iterable[Sequence[str]]) -> set[str]:
    listed = list(persons)
    known_by = [fingerprint(keys, identity) for _, identity in listed if identity]
    tags = [name_tag(keys, name) for name, identity in listed if not identity]
    wanted = select(Expert.id).where(Expert.fingerprint.in_(known_by) | Expert.name_tag.in_(tags))
    return set((await session.execute(wanted)).scalars())


def _tie(keys: KeyService, row: ExpertTie) -> Tie:
    code, kind, since, until = open_document(keys, TIE, row.id, row.sealed)
    return Tie(code, TieKind(kind), _day(since), _day(until))


def _day(told: str | None) -> date | None:
    return None if told is None else date.fromisoformat(told)
