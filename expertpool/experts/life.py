"""An expert's life in the pool: entered, changed, suspended, removed, admitted again; every step leaves a leaf."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from expertpool.experts.notices import note_step
from expertpool.experts.profile import checked_profile
from expertpool.experts.rows import columns_of, profile_in_row, version_facts
from expertpool.experts.rules import LAW, NOTICE, Admission, Profile, checked_reason, valid_until
from expertpool.experts.states import LIFE, ExpertState
from expertpool.experts.tables import NUMBERS, Expert, ExpertStanding, ExpertVersion
from expertpool.experts.versions import BEFORE, add_version, profile_of
from expertpool.recusal.ties import SELF, keep_ties, note_former_employer
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.regions import confined_to
from infra.db.work import Work
from infra.kernel.canonical import canonical
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.timers import schedule

FIRST = "entered"
LAPSE, END = "expert.lapse", "expert.suspension-end"
"""Timers: an appraisal is overdue, of everybody whose day it was; a suspension is over, by the id of its step."""
AT_ONCE = 500
LONGEST_SUSPENSION = timedelta(days=5 * 366)

_PERMISSIONS = {
    "suspend": "expert.suspend",
    "resume": "expert.suspend",
    "end": "expert.lapse",
    "remove": "expert.remove",
    "appraise": "expert.appraise",
    "lapse": "expert.lapse",
    "readmit": "expert.readmit",
}
_EVENTS = {
    "suspend": Event.EXPERT_SUSPENDED,
    "resume": Event.EXPERT_READMITTED,
    "end": Event.EXPERT_READMITTED,
    "remove": Event.EXPERT_REMOVED,
    "appraise": Event.EXPERT_CHANGED,
    "lapse": Event.EXPERT_LAPSED,
    "readmit": Event.EXPERT_READMITTED,
}


async def enter(
    work: Work,
    keys: KeyService,
    profile: Profile,
    *,
    reviewers: tuple[str, str] | None,
    admission: Admission = LAW,
) -> Expert:
    """Enter one expert with version 1, tags and a number `E-<region>-<six digits>`, valid for a year.

    `reviewers` are the two accounts that passed the application; only the system may enter somebody without any.
    `expert.reviewers`, `expert.known` where the person stands in the pool, `expert.other-region`, and what
    `checked_profile` refuses.
    """
    require(work.ctx.actor, "expert.enter")
    check_reviewers(work, reviewers)
    profile = checked_profile(profile, admission)
    expert = Expert(id=work.ctx.new_id("expert"), entered_at=work.ctx.now, version=1, state=ExpertState.ACTIVE)
    expert.number = f"E-{profile.region}-{await work.session.scalar(select(NUMBERS.next_value())):06d}"
    await _keep(work, keys, expert, profile)
    version = add_version(work, keys, expert, profile, FIRST)
    await _valid(work, expert)
    _record_version(work, keys, Event.EXPERT_ENTERED, expert, version)
    return expert


async def change(
    work: Work, keys: KeyService, expert_id: str, profile: Profile, reason: str, admission: Admission = LAW
) -> int:
    """Put the next version in force and return its number; state and validity stay.

    `expert.unknown`, `expert.reason`, `expert.unchanged`, `expert.known` where a corrected identity is somebody else's.
    """
    require(work.ctx.actor, "expert.change")
    why, profile = checked_reason(reason), checked_profile(profile, admission)
    expert = await locked(work, expert_id)
    before = await _version_in_force(work, keys, expert)
    if profile_of(keys, before) == profile:
        raise Problem("expert.unchanged")
    expert.version += 1
    if expert.employer != profile.employer:
        await note_former_employer(work, keys, expert)
    await _keep(work, keys, expert, profile)
    version = add_version(work, keys, expert, profile, why)
    _record_version(work, keys, Event.EXPERT_CHANGED, expert, version)
    return version.number


async def move(
    work: Work, expert_id: str, verb: str, *, basis: str, reason: str, until: datetime | None = None
) -> None:
    """One step of an expert's life: `suspend`, `resume`, `remove`, `readmit`, `appraise`, `lapse`, `end`.

    Of every one but an appraisal the expert is told.

    `until`, for a suspension only, is when it ends by itself. `expert.unknown`, `expert.reason`, `expert.basis`,
    `expert.until`, `workflow.not-now`.
    """
    require(work.ctx.actor, _PERMISSIONS[verb])
    on, why = checked_reason(basis, code="expert.basis"), checked_reason(reason)
    _check_until(work, verb, until)
    expert = await locked(work, expert_id)
    source = ExpertState(expert.state)
    expert.state = LIFE.move(verb, source, work.ctx.actor.role)
    if verb in ("appraise", "readmit"):
        await _valid(work, expert)
    elif expert.state is ExpertState.ACTIVE and expert.valid_until and expert.valid_until < work.ctx.now + NOTICE:
        # Nobody could be appraised while suspended: there are fifteen days to make up for it.
        await _valid(work, expert, work.ctx.now + NOTICE)
    step = _step(work, expert, verb, source, on, why, until)
    if until is not None:
        await schedule(work, until, END, step.id)
    if verb != "appraise":
        await note_step(work, expert, step)
    facts = {"step": step.id, "from": str(source), "to": str(expert.state), "digest": _digest(step)}
    work.record(_EVENTS[verb], expert.id, region=expert.region, **facts)


async def lapse_overdue(work: Work, _: str) -> None:
    """Let the entries lapse whose appraisal is overdue, some hundreds a time; the timer comes again for the rest."""
    overdue = select(Expert.id).where(Expert.state == ExpertState.ACTIVE, Expert.valid_until <= work.ctx.now)
    found = (await work.session.scalars(overdue.order_by(Expert.id).limit(AT_ONCE).with_for_update())).all()
    for expert in found:
        await move(work, expert, "lapse", basis="26号令", reason="appraisal overdue")
    if len(found) == AT_ONCE:
        await schedule(work, work.ctx.now, LAPSE, work.ctx.new_id("lapse"))


async def end_suspension(work: Work, step_id: str) -> None:
    """End the suspension that a step began, unless it was ended or replaced before."""
    step = await work.session.get_one(ExpertStanding, step_id)
    newest = select(ExpertStanding.id).where(ExpertStanding.expert == step.expert, ExpertStanding.verb != "appraise")
    if await work.session.scalar(newest.order_by(ExpertStanding.at.desc()).limit(1)) == step_id:
        await move(work, step.expert, "end", basis=step.basis, reason="the time set is over")


async def locked(work: Work, expert_id: str) -> Expert:
    """The expert's row, locked; `expert.unknown` for a stranger's id, which is that of another region too."""
    expert = None if "\0" in expert_id else await work.session.get(Expert, expert_id, with_for_update=True)
    if expert is None:
        raise Problem("expert.unknown")
    return expert


def check_reviewers(work: Work, reviewers: tuple[str, str] | None) -> None:
    """`expert.reviewers` for nobody's review but the system's, `expert.same-reviewer` for one person's alone."""
    if reviewers is None:
        if work.ctx.actor.role is not Role.SYSTEM:
            raise Problem("expert.reviewers")
    elif reviewers[0] == reviewers[1]:
        raise Problem("expert.same-reviewer")


def check_place(work: Work, profile: Profile) -> None:
    """`expert.other-region` where the actor's office keeps no pool for the profile's region."""
    place = confined_to(work.ctx.actor)
    if place is not None and not profile.region.startswith(place):
        raise Problem("expert.other-region", region=profile.region)


async def newest_version(work: Work, expert: Expert) -> ExpertVersion | None:
    """The version in force, if one was ever kept."""
    wanted = select(ExpertVersion).where(ExpertVersion.expert == expert.id).order_by(ExpertVersion.number.desc())
    found: ExpertVersion | None = await work.session.scalar(wanted.limit(1))
    return found


async def _version_in_force(work: Work, keys: KeyService, expert: Expert) -> ExpertVersion:
    """Somebody entered before versions were kept is given the first now, as the row tells it."""
    found = await newest_version(work, expert)
    return found or add_version(work, keys, expert, profile_in_row(keys, expert), BEFORE)


def _check_until(work: Work, verb: str, until: datetime | None) -> None:
    if until is not None and (verb != "suspend" or not work.ctx.now < until <= work.ctx.now + LONGEST_SUSPENSION):
        raise Problem("expert.until")


async def _keep(work: Work, keys: KeyService, expert: Expert, profile: Profile) -> None:
    check_place(work, profile)
    for name, value in columns_of(keys, expert.id, profile, work.ctx).items():
        setattr(expert, name, value)
    try:
        # In a savepoint, so that the caller may go on with the next person; another region's twin is not seen, but felt.
        async with work.session.begin_nested():
            work.session.add(expert)
            await work.session.flush()
    except IntegrityError as error:
        if "fingerprint" not in str(error.orig):
            raise
        raise Problem("expert.known") from error
    await keep_ties(work, keys, expert, profile.ties, SELF)


async def _valid(work: Work, expert: Expert, until: datetime | None = None) -> None:
    expert.valid_until = until or valid_until(work.ctx.now)
    await schedule(work, expert.valid_until, LAPSE, f"{expert.valid_until:%Y-%m-%dT%H:%M:%S.%f}")


def _step(
    work: Work, expert: Expert, verb: str, source: ExpertState, basis: str, reason: str, until: datetime | None
) -> ExpertStanding:
    step = ExpertStanding(
        id=work.ctx.new_id("standing"),
        region=expert.region,
        expert=expert.id,
        verb=verb,
        source=source,
        target=expert.state,
        basis=basis,
        reason=reason,
        until=until,
        by=work.ctx.actor.id,
        at=work.ctx.now,
    )
    work.session.add(step)
    return step


def _digest(step: ExpertStanding) -> str:
    """What the log holds of the words: the step's random id hides them."""
    return sha256(canonical({"step": step.id, "basis": step.basis, "reason": step.reason})).hexdigest()


def _record_version(work: Work, keys: KeyService, event: Event, expert: Expert, version: ExpertVersion) -> None:
    assert expert.number is not None
    facts = version_facts(keys, expert.number, version.number, version.digest)
    work.record(event, expert.id, region=expert.region, **facts)
