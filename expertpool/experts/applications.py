"""Applications to the pool 专家入库申请: sealed at once, passed by two people one after the other, or given back."""

from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Select, false, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.experts.life import change, enter, move
from expertpool.experts.profile import checked_profile
from expertpool.experts.rules import LAW, Admission, Profile, Title, check_consents, checked_reason, read_profile, told
from expertpool.experts.sealing import fingerprint, open_document, open_text, seal_document, seal_text
from expertpool.experts.states import REVIEW, ApplicationState, ExpertState
from expertpool.experts.tables import Expert, ExpertApplication
from infra.auth.accounts import count_try
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.auth.tables import Membership
from infra.db.regions import under, within
from infra.db.work import Work
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem

APPLICATION, EQUAL, RETURNED = "expert application", "expert application level", "expert application answer"
FROM_ONE_ADDRESS = 20
"""So many applications from one address within a quarter of an hour: a whole institute may sit behind one."""


class Twins(NamedTuple):
    """Who else is the person of an application: the expert in the pool, and other applications still open."""

    expert: Expert | None
    applications: int


async def apply(work: Work, keys: KeyService, profile: Profile, admission: Admission = LAW) -> ExpertApplication:
    """Take an application; whether the person is known makes no difference to the answer.

    `expert.consent`, `expert.no-office` where nobody keeps a pool for the region, `expert.crowded`, and what
    `checked_profile` refuses.
    """
    profile = checked_profile(profile, admission)
    check_consents(profile)
    await _check_office(work.session, profile.region)
    if await count_try(work, _counted(work.ctx.address), FROM_ONE_ADDRESS):
        raise Problem("expert.crowded")
    application_id = work.ctx.new_id("application")
    application = ExpertApplication(
        id=application_id,
        region=profile.region,
        state=ApplicationState.SUBMITTED,
        sealed=seal_document(keys, APPLICATION, application_id, told(profile), work.ctx.random),
        fingerprint=fingerprint(keys, profile.identity),
        submitted_by=work.ctx.actor.id,
        submitted_at=work.ctx.now,
    )
    work.session.add(application)
    work.record(Event.EXPERT_APPLIED, application.id, region=application.region)
    return application


async def pass_first(work: Work, keys: KeyService, application_id: str, *, equal: str = "") -> None:
    """The first review; `equal` says why a level counts as a senior title, where it must.

    `application.unknown`, `expert.own-application`, `expert.equal`, `workflow.not-now`.
    """
    application = await _reviewable(work, application_id)
    application.state = REVIEW.move("pass", application.state, work.ctx.actor.role)
    if profile_in(keys, application).title is Title.EQUAL:
        why = checked_reason(equal, code="expert.equal")
        application.sealed_equal = seal_text(keys, EQUAL, application.id, why, work.ctx.random)
    application.first_by, application.first_at = work.ctx.actor.id, work.ctx.now
    work.record(Event.EXPERT_FIRST_PASSED, application.id, region=application.region)


async def pass_second(work: Work, keys: KeyService, application_id: str, admission: Admission = LAW) -> str:
    """The second review, by another person, which enters the expert or admits again who was removed; the expert's id.

    `application.unknown`, `expert.own-application`, `expert.same-reviewer`, `expert.known`, `workflow.not-now`.
    """
    application = await _reviewable(work, application_id)
    state = REVIEW.move("enter", application.state, work.ctx.actor.role)
    first = application.first_by or ""
    if first == work.ctx.actor.id:
        raise Problem("expert.same-reviewer")
    profile = profile_in(keys, application)
    twin = await _twin(work.session, application)
    if twin is not None and twin.state in (ExpertState.REMOVED, ExpertState.LAPSED):
        expert = await _admit_again(work, keys, application, twin, profile, admission)
    else:
        reviewers = (first, work.ctx.actor.id)
        expert = (await enter(work, keys, profile, reviewers=reviewers, admission=admission)).id
    application.state, application.expert = state, expert
    application.second_by, application.second_at = work.ctx.actor.id, work.ctx.now
    return expert


async def give_back(work: Work, keys: KeyService, application_id: str, why: str) -> None:
    """Return an application with the reason; `application.unknown`, `expert.own-application`, `expert.reason`."""
    await _end(work, keys, application_id, "return", why)


async def withdraw(work: Work, keys: KeyService, application_id: str, why: str) -> None:
    """Close an application because the applicant asks for it (PIPL 15); refuses as `give_back` does."""
    await _end(work, keys, application_id, "withdraw", why)


def profile_in(keys: KeyService, application: ExpertApplication) -> Profile:
    """What was applied with, unsealed."""
    return read_profile(open_document(keys, APPLICATION, application.id, application.sealed))


def words_of(keys: KeyService, application: ExpertApplication) -> tuple[str, str]:
    """Why the level counts as a senior title, and why the application was given back; each may be empty."""
    equal, returned = application.sealed_equal, application.returned_why
    return (
        open_text(keys, EQUAL, application.id, equal) if equal else "",
        open_text(keys, RETURNED, application.id, returned) if returned else "",
    )


def visible_applications(actor: Actor) -> Select[ExpertApplication]:
    """The applications an office may look at: those of its region and below; nobody else any."""
    mine = within(ExpertApplication.region, actor.region) if actor.role is Role.POOL and actor.region else false()
    return select(ExpertApplication).where(mine)


async def application_of(session: AsyncSession, actor: Actor, application_id: str) -> ExpertApplication:
    """One application; `application.unknown` for a stranger's id."""
    wanted = visible_applications(actor).where(ExpertApplication.id == application_id)
    found: ExpertApplication | None = None if "\0" in application_id else await session.scalar(wanted)
    if found is None:
        raise Problem("application.unknown")
    return found


async def twins(session: AsyncSession, application: ExpertApplication) -> Twins:
    """Who else the person is, for the reviewers only."""
    others = select(func.count()).where(
        ExpertApplication.fingerprint == application.fingerprint,
        ExpertApplication.id != application.id,
        ExpertApplication.state.in_([ApplicationState.SUBMITTED, ApplicationState.FIRST_PASSED]),
    )
    return Twins(await _twin(session, application), await session.scalar(others) or 0)


async def _reviewable(work: Work, application_id: str) -> ExpertApplication:
    require(work.ctx.actor, "expert.review")
    application = await application_of(work.session, work.ctx.actor, application_id)
    await work.session.refresh(application, with_for_update=True)
    if application.submitted_by == work.ctx.actor.id:
        raise Problem("expert.own-application")
    return application


async def _end(work: Work, keys: KeyService, application_id: str, verb: str, why: str) -> None:
    application = await _reviewable(work, application_id)
    application.state = REVIEW.move(verb, application.state, work.ctx.actor.role)
    reason = checked_reason(why)
    application.returned_why = seal_text(keys, RETURNED, application.id, reason, work.ctx.random)
    work.record(Event.EXPERT_RETURNED, application.id, region=application.region, state=str(application.state))


async def _admit_again(
    work: Work, keys: KeyService, application: ExpertApplication, twin: Expert, profile: Profile, admission: Admission
) -> str:
    """Two use-cases' lines for two facts: the step of life, and the version that is in force from now on."""
    basis = f"{application.id} · 26号令"
    await move(work, twin.id, "readmit", basis=basis, reason="passed by two reviewers on a new application")
    await change(work, keys, twin.id, profile, "new application", admission)
    return twin.id


async def _twin(session: AsyncSession, application: ExpertApplication) -> Expert | None:
    found: Expert | None = await session.scalar(select(Expert).where(Expert.fingerprint == application.fingerprint))
    return found


async def _check_office(session: AsyncSession, region: str) -> None:
    """An office of a province or city keeps the pool of every region below."""
    if not any(region.startswith(under(one)) for one in await offices(session)):
        raise Problem("expert.no-office", region=region)


async def offices(session: AsyncSession) -> list[str]:
    """The regions in which somebody keeps a pool."""
    kept = select(Membership.region).where(Membership.role == literal(Role.POOL), Membership.ended_at.is_(None))
    return list((await session.scalars(kept.distinct().order_by(Membership.region))).all())


def _counted(address: str | None) -> bytes:
    return sha256(b"expert-application/v1\0" + (address or "").encode("utf-8", "replace")).digest()
