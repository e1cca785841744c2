"""Ratings and events of a seat's holder; sanctions: notice, hearing, decision, appeal. Nothing here happens by itself."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select

from expertpool.appraisal.rules import POINTS, EventKind, is_rating
from expertpool.appraisal.states import LIFE, HearingState
from expertpool.appraisal.tables import AppraisalEvent, Hearing, Rating, Sanction
from expertpool.attendance.queries import every_region
from expertpool.draw.reveal import EXPERT
from expertpool.draw.tables import Seat
from expertpool.experts import life
from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.canonical import canonical
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem

APPRAISED = "appraised expert"
WARNING, SUSPENSION = "warning", "suspension"
LONGEST = 2_000
LONGEST_MONTHS = 36
BASIS = "TBR 71"
_LENGTH = 256


async def rate_judge(work: Work, seat: Seat, marks: Mapping[str, int], words: str) -> None:
    """What the actor's body says of the holder of a seat, once: `rating.marks`, `rating.words`, `rating.given`."""
    require(work.ctx.actor, "judge.rate")
    if not is_rating(marks):
        raise Problem("rating.marks")
    if words.strip() and not is_written(words, LONGEST):
        raise Problem("rating.words", most=LONGEST)
    body, judge = work.ctx.actor.organisation or "", f"J{seat.number}"
    given = select(Rating.id).where(Rating.seat == seat.id, Rating.organisation == body)
    if await work.session.scalar(given):
        raise Problem("rating.given", judge=judge)
    work.session.add(
        Rating(
            id=work.ctx.new_id("rating"), region=seat.region, section=seat.section, seat=seat.id, number=seat.number,
            role=work.ctx.actor.role, organisation=body, marks=dict(marks), words=words.strip() or None,
            rated_at=work.ctx.now,
        )
    )  # fmt: skip
    work.record(Event.JUDGE_RATED, f"{seat.section}#{judge}", region=seat.region)


async def report_event(work: Work, keys: KeyService, seat: Seat, kind: str, account: str) -> AppraisalEvent:
    """An event of TBR 71, told of the holder of a seat; its points count once the supervisor has confirmed it.

    `appraisal.kind`, `appraisal.account`, `appraisal.told` for the same kind twice.
    """
    require(work.ctx.actor, "judge.rate")
    if kind not in set(EventKind):
        raise Problem("appraisal.kind")
    if not is_written(account, LONGEST):
        raise Problem("appraisal.account", most=LONGEST)
    told = select(AppraisalEvent.id).where(AppraisalEvent.seat == seat.id, AppraisalEvent.kind == kind)
    if await work.session.scalar(told):
        raise Problem("appraisal.told", judge=f"J{seat.number}")
    row = work.ctx.new_id("event")
    expert = keys.unwrap(EXPERT, seat.id, seat.sealed_expert).ljust(_LENGTH, b"\0")
    found = AppraisalEvent(
        id=row, region=seat.region, section=seat.section, seat=seat.id, number=seat.number,
        sealed_expert=keys.wrap(APPRAISED, row, expert, work.ctx.random), kind=kind, account=account.strip(),
        points=POINTS[EventKind(kind)], reported_by=work.ctx.actor.id, reported_at=work.ctx.now,
    )  # fmt: skip
    work.session.add(found)
    work.record(Event.JUDGE_RATED, f"{seat.section}#J{seat.number}", region=seat.region, kind=kind)
    return found


async def confirm_event(work: Work, event_id: str) -> None:
    """The supervisor confirms what was reported: from now on its points count. `appraisal.unknown`, `.confirmed`."""
    require(work.ctx.actor, "sanction.decide")
    found = None if "\0" in event_id else await work.session.get(AppraisalEvent, event_id, with_for_update=True)
    if found is None:
        raise Problem("appraisal.unknown")
    if found.confirmed_at is not None:
        raise Problem("appraisal.confirmed", at=found.confirmed_at)
    found.confirmed_by, found.confirmed_at = work.ctx.actor.id, work.ctx.now
    work.record(Event.JUDGE_RATED, f"{found.section}#J{found.number}", region=found.region, confirmed=found.kind)


async def notice_sanction(
    work: Work, expert_id: str, kind: str, reason: str, *, months: int, held_from: datetime, earliest: datetime
) -> Sanction:
    """Tell an expert that a warning, or a suspension for so many months, is thought of, and from when it is heard.

    `earliest` is the end of the time a hearing has to be announced before. `sanction.kind`, `sanction.reason`,
    `sanction.months`, `sanction.short-notice`, `sanction.running` while another is under way, `expert.unknown`.
    """
    require(work.ctx.actor, "sanction.decide")
    expert = await life.locked(work, expert_id)
    if kind not in (WARNING, SUSPENSION):
        raise Problem("sanction.kind")
    if not is_written(reason, LONGEST):
        raise Problem("sanction.reason", most=LONGEST)
    if not (1 <= months <= LONGEST_MONTHS if kind == SUSPENSION else months == 0):
        raise Problem("sanction.months", most=LONGEST_MONTHS)
    if held_from < earliest:
        raise Problem("sanction.short-notice", earliest=earliest)
    running = select(Sanction.id).join(Hearing, Hearing.sanction == Sanction.id)
    open_ = (HearingState.NOTICED, HearingState.HEARD, HearingState.APPEALED)
    if await work.session.scalar(running.where(Sanction.expert == expert_id, Hearing.state.in_(open_)).limit(1)):
        raise Problem("sanction.running")
    found = Sanction(
        id=work.ctx.new_id("sanction"), region=expert.region, expert=expert_id, kind=kind, reason=reason.strip(),
        months=months, opened_by=work.ctx.actor.id, opened_at=work.ctx.now,
    )  # fmt: skip
    work.session.add(found)
    await work.session.flush()
    work.session.add(
        Hearing(
            sanction=found.id, region=expert.region, state=HearingState.NOTICED, noticed_at=work.ctx.now,
            held_from=held_from,
        )
    )  # fmt: skip
    work.record(Event.SANCTION_NOTICED, found.id, region=expert.region, digest=_digest(found.reason, held_from))
    return found


async def hear(work: Work, sanction_id: str, said: str) -> None:
    """Note what the expert said, or that nobody came: `hearing.early` before its time, `hearing.words`."""
    _, hearing = await _under_way(work, sanction_id)
    if work.ctx.now < hearing.held_from:
        raise Problem("hearing.early", held_from=hearing.held_from)
    hearing.said, hearing.heard_at = _written(said), work.ctx.now
    _step(work, hearing, "hear")
    work.record(Event.SANCTION_NOTICED, sanction_id, region=hearing.region, digest=_digest(said, work.ctx.now))


async def decide(work: Work, sanction_id: str, decision: str, until: datetime | None) -> None:
    """Decide as announced, with reasons; a suspension takes effect at once and ends by itself at `until`.

    `hearing.words`; `sanction.until` for a suspension without an end, or a warning with one; `workflow.not-now` unheard.
    """
    sanction, hearing = await _under_way(work, sanction_id)
    reasons = _written(decision)
    if (sanction.kind == SUSPENSION) != (until is not None):
        raise Problem("sanction.until")
    _step(work, hearing, "decide")
    hearing.decided_at, hearing.decided_by, hearing.decision, hearing.until = (
        work.ctx.now, work.ctx.actor.id, reasons, until,
    )  # fmt: skip
    if sanction.kind == SUSPENSION:
        await life.move(work, sanction.expert, "suspend", basis=BASIS, reason=reasons, until=until)
    work.record(Event.SANCTION_DECIDED, sanction_id, region=sanction.region, digest=_digest(reasons, until))


async def drop(work: Work, sanction_id: str, reasons: str) -> None:
    """Drop what was thought of, after the hearing, with reasons."""
    _, hearing = await _under_way(work, sanction_id)
    hearing.answer = _written(reasons)
    _step(work, hearing, "drop")
    hearing.settled_at, hearing.settled_by = work.ctx.now, work.ctx.actor.id
    work.record(Event.SANCTION_DECIDED, sanction_id, region=hearing.region, digest=_digest(reasons, None))


async def appeal(work: Work, sanction_id: str, words: str) -> None:
    """The expert's appeal against a decision, once: `sanction.unknown` for anybody else's, `hearing.words`."""
    require(work.ctx.actor, "sanction.appeal")
    sanction, hearing = await _found(work, sanction_id)
    async with every_region(work.session):
        expert = await work.session.get_one(Expert, sanction.expert)
    if expert.account != work.ctx.actor.id:
        raise Problem("sanction.unknown")
    hearing.appeal = _written(words)
    _step(work, hearing, "appeal")
    hearing.appealed_at = work.ctx.now
    work.record(Event.SANCTION_APPEALED, sanction_id, region=sanction.region, digest=_digest(words, work.ctx.now))


async def settle_appeal(work: Work, sanction_id: str, answer: str, *, upheld: bool) -> None:
    """Another person than decided settles an appeal; what is reversed ends a suspension at once: `hearing.same-person`."""
    sanction, hearing = await _under_way(work, sanction_id)
    if hearing.decided_by == work.ctx.actor.id:
        raise Problem("hearing.same-person")
    reasons = _written(answer)
    _step(work, hearing, "uphold" if upheld else "reverse")
    hearing.answer, hearing.settled_at, hearing.settled_by = reasons, work.ctx.now, work.ctx.actor.id
    if not upheld and sanction.kind == SUSPENSION and hearing.until is not None and hearing.until > work.ctx.now:
        await life.move(work, sanction.expert, "resume", basis=BASIS, reason=reasons)
    work.record(Event.SANCTION_DECIDED, sanction_id, region=sanction.region, digest=_digest(reasons, None))


async def _under_way(work: Work, sanction_id: str) -> tuple[Sanction, Hearing]:
    require(work.ctx.actor, "sanction.decide")
    return await _found(work, sanction_id)


async def _found(work: Work, sanction_id: str) -> tuple[Sanction, Hearing]:
    hearing = None if "\0" in sanction_id else await work.session.get(Hearing, sanction_id, with_for_update=True)
    if hearing is None:
        raise Problem("sanction.unknown")
    return await work.session.get_one(Sanction, sanction_id), hearing


def _step(work: Work, hearing: Hearing, verb: str) -> None:
    hearing.state = LIFE.move(verb, HearingState(hearing.state), work.ctx.actor.role)


def _written(text: str) -> str:
    if not is_written(text, LONGEST):
        raise Problem("hearing.words", most=LONGEST)
    return text.strip()


def _digest(words: str, at: datetime | None) -> str:
    """What a leaf says of words it does not tell: SHA-256 of the canonical words and the time, hex."""
    return sha256(canonical({"at": at.isoformat() if at else "", "words": words.strip()})).hexdigest()
