"""After the last lock: judges whose marks lie far from the others' are asked why, each alone, before marks are published.

No event or page tells anybody else who is asked, and each judge has a row of one length; that the marks take longer can be
seen, and whoever reads the database sees who has answered.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.db.work import Work
from infra.jobs import enqueue
from infra.kernel.canonical import b64, canonical, read
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.timers import schedule
from trading.evaluation.marks import judge_id
from trading.evaluation.outliers import Sheets, asked_marks, check_texts, explanation_message, unanswered
from trading.evaluation.queries import Committee, own_seat
from trading.evaluation.rounds import of_round
from trading.evaluation.tables import Consolidation, Explanation
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of, stamp
from trading.sections.queries import lock_section
from trading.sections.states import SectionState
from trading.sections.tables import Section

ASKED = "explanations asked"
GIVEN = "explanations given"
EXPLAINING = "explanations.end"
_ROOM = 4096
"""What is asked is kept in a multiple of this many bytes, the same for every judge of a committee."""

Texts = dict[str, dict[str, str]]


class Asked(NamedTuple):
    """What one judge is asked: the marks by the key under which the judge gave them, until when, what was answered."""

    marks: dict[str, list[str]]
    until: datetime
    texts: Texts | None


async def explained(
    work: Work, keys: KeyService, section: Section, committee: Committee, sheets: Sheets, labels: Mapping[str, str]
) -> dict[str, Texts] | None:
    """The explanations by judge, as signed; None while a judge may still give one: then the job comes again by itself.

    The caller holds the section's lock and has made sure that all marks are locked and their commitments co-signed.
    Silence at the window's end stands as empty text; where no mark is far off nothing is kept and nobody waits.
    """
    begun = await work.session.get(Consolidation, section.id)
    if begun is None:
        share = regime_of(section, work.ctx.mode).rate(Rule.OUTLIER_SHARE)
        if found := asked_marks(sheets, labels, share):
            await _ask(work, keys, section, committee, found)
            return None
        return {}
    numbers = {seat.id: judge_id(seat.number) for seat in committee.seats}
    rows = {numbers[row.seat]: row for row in await _rows(work.session, section.id)}
    asked = {judge: marks for judge, row in sorted(rows.items()) if (marks := _asked(keys, row))}
    if work.ctx.now < begun.ends_at and any(rows[judge].sealed_given is None for judge in asked):
        return None
    return {judge: _given(keys, rows[judge]) or unanswered(marks) for judge, marks in asked.items()}


async def explain_marks(
    work: Work, authority: bytes, keys: KeyService, seat_id: str, texts: Any, signature: bytes
) -> None:
    """One judge's signed reasons for the own marks that lie far from the others'; with the last the marks go on.

    `explanation.none` for whoever is not asked, `explanation.given` for a second time, `explanation.time-over` after
    the window, `explanation.texts`, `signing.…`.
    """
    require(work.ctx.actor, "explanation.give")
    seat, section = await own_seat(work, seat_id)
    begun, row = await work.session.get(Consolidation, section.id), await work.session.get(Explanation, seat_id)
    asked = {} if row is None else _asked(keys, row)
    if begun is None or row is None or not asked:
        raise Problem("explanation.none")
    if row.sealed_given is not None:
        raise Problem("explanation.given")
    if section.state != SectionState.EVALUATING or work.ctx.now >= begun.ends_at:
        raise Problem("explanation.time-over", ended=begun.ends_at)
    check_texts(asked, texts)
    assert seat.certificate is not None
    message = explanation_message(section.id, judge_id(seat.number), texts)
    verify_signature(authority, seat.certificate, signature, message, work.ctx.now)
    row.sealed_given = keys.wrap(GIVEN, seat_id, canonical(texts), work.ctx.random)
    work.record(
        Event.MARKS_EXPLAINED,
        section.id,
        section=section.id,
        region=section.region,
        judge=judge_id(seat.number),
        texts=texts,
        signature=b64(signature),
    )
    await work.session.flush()
    if not any(_asked(keys, one) and one.sealed_given is None for one in await _rows(work.session, section.id)):
        await enqueue(work, "publish-marks", section=section.id)


async def end_explaining(work: Work, section_id: str) -> None:
    """The effect of the window's end: what was not explained stays so, and the marks go on."""
    section = await lock_section(work.session, section_id.partition("#")[0])
    if section.state == SectionState.EVALUATING:
        await enqueue(work, "publish-marks", section=section.id)


async def asked_of(session: AsyncSession, keys: KeyService, seat_id: str) -> Asked | None:
    """What the holder of a seat is asked; None for whoever is not. The caller has made sure that it is the asker's own."""
    row = await session.get(Explanation, seat_id)
    marks = {} if row is None else _asked(keys, row)
    if row is None or not marks:
        return None
    begun = await session.get_one(Consolidation, row.section)
    return Asked(marks, begun.ends_at, _given(keys, row))


async def _ask(
    work: Work, keys: KeyService, section: Section, committee: Committee, found: dict[str, dict[str, list[str]]]
) -> None:
    seconds = regime_of(section, work.ctx.mode).count(Rule.EXPLANATION_WINDOW)
    until = work.ctx.now + timedelta(seconds=seconds)
    work.session.add(
        Consolidation(section=section.id, region=section.region, began_at=work.ctx.now, ends_at=until)
    )  # fmt: skip
    told = {seat.id: canonical(found.get(judge_id(seat.number), {})) for seat in committee.seats}
    length = -(-max(map(len, told.values())) // _ROOM) * _ROOM
    for seat, marks in told.items():
        sealed = keys.wrap(ASKED, seat, marks.ljust(length), work.ctx.random)
        work.session.add(Explanation(seat=seat, section=section.id, region=section.region, sealed_asked=sealed))
    # A timer that is done cannot be set again: each evaluation has its own.
    await schedule(work, until, EXPLAINING, await of_round(work.session, section.id))
    work.record(
        Event.CONSOLIDATION_BEGUN, section.id, section=section.id, region=section.region, until=stamp(until)
    )  # fmt: skip


async def _rows(session: AsyncSession, section_id: str) -> list[Explanation]:
    return list((await session.execute(select(Explanation).where(Explanation.section == section_id))).scalars())


def _asked(keys: KeyService, row: Explanation) -> dict[str, list[str]]:
    found: dict[str, list[str]] = read(keys.unwrap(ASKED, row.seat, row.sealed_asked).rstrip())
    return found


def _given(keys: KeyService, row: Explanation) -> Texts | None:
    if row.sealed_given is None:
        return None
    found: Texts = read(keys.unwrap(GIVEN, row.seat, row.sealed_given))
    return found
