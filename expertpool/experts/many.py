"""Entering or changing many experts in one transaction: a handful of statements, the same rows, leaves and timers."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import cast, column, func, insert, select, update, values
from sqlalchemy.dialects.postgresql import insert as upserting

from expertpool.experts.life import FIRST, LAPSE, check_place, check_reviewers
from expertpool.experts.rows import columns_of, profile_in_row, version_facts
from expertpool.experts.rules import Profile, checked_reason, valid_until
from expertpool.experts.states import ExpertState
from expertpool.experts.tables import NUMBERS, Expert, ExpertVersion
from expertpool.experts.versions import BEFORE, version_row
from expertpool.recusal.ties import SELF, keep_ties, note_former_employer
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.events import Event
from infra.timers import schedule


class Renewal(NamedTuple):
    """An expert's row, locked by the caller, whether a version of it is kept, and the profile of the next one."""

    expert: Expert
    versioned: bool
    profile: Profile


async def enter_many(
    work: Work, keys: KeyService, profiles: Sequence[Profile], *, reviewers: tuple[str, str] | None
) -> list[bool]:
    """Enter some hundreds at once as `enter` enters one; by profile, whether it was: False for who is in a pool already.

    Each profile is in the form that `checked_profile` gives, and no person stands among them twice. `expert.reviewers`,
    `expert.same-reviewer`, `expert.other-region`: then nobody is entered.
    """
    require(work.ctx.actor, "expert.enter")
    check_reviewers(work, reviewers)
    for profile in profiles:
        check_place(work, profile)
    if not profiles:
        return []
    taken = select(NUMBERS.next_value()).select_from(func.generate_series(1, len(profiles)))
    numbers = (await work.session.scalars(taken)).all()
    experts, versions = await asyncio.to_thread(_sealed, work, keys, profiles, numbers)
    new = upserting(Expert).on_conflict_do_nothing(index_elements=["fingerprint"]).returning(Expert.id)
    # In the order of the unique key, so that two files with the same people wait for each other and never both.
    entered = set((await work.session.scalars(new, sorted(experts, key=lambda one: one["fingerprint"]))).all())
    await _keep_versions(work, [one for one in versions if one["expert"] in entered])
    for expert, version in zip(experts, versions, strict=True):
        if expert["id"] in entered:
            _record(work, keys, Event.EXPERT_ENTERED, (expert["number"], expert["region"]), version)
    for expert, profile in zip(experts, profiles, strict=True):
        if profile.ties and expert["id"] in entered:
            await keep_ties(work, keys, Expert(**expert), profile.ties, SELF)
    until = valid_until(work.ctx.now)
    await schedule(work, until, LAPSE, f"{until:%Y-%m-%dT%H:%M:%S.%f}")
    return [expert["id"] in entered for expert in experts]


async def change_many(work: Work, keys: KeyService, renewals: Sequence[Renewal], reason: str) -> None:
    """Put the next version of some hundreds in force, as `change` does of one; what each is tied to stays.

    Each profile is checked, is another than the one in force, and is of the same person. `expert.other-region`.
    """
    require(work.ctx.actor, "expert.change")
    why = checked_reason(reason)
    for one in renewals:
        check_place(work, one.profile)
        if one.expert.employer != one.profile.employer:
            await note_former_employer(work, keys, one.expert)
    if not renewals:
        return
    rows, versions = await asyncio.to_thread(_renewed, work, keys, renewals, why)
    await work.session.execute(_renewing(rows), execution_options={"synchronize_session": False})
    await _keep_versions(work, versions)
    newest = {one["expert"]: one for one in versions}
    for one in renewals:
        place = (one.expert.number or "", one.profile.region)
        _record(work, keys, Event.EXPERT_CHANGED, place, newest[one.expert.id])


def _sealed(
    work: Work, keys: KeyService, profiles: Sequence[Profile], numbers: Sequence[int]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    ctx, experts, versions = work.ctx, [], []
    for profile, number in zip(profiles, numbers, strict=True):
        expert = {
            **columns_of(keys, ctx.new_id("expert"), profile, ctx),
            "number": f"E-{profile.region}-{number:06d}",
            "state": ExpertState.ACTIVE,
            "version": 1,
            "entered_at": ctx.now,
            "valid_until": valid_until(ctx.now),
        }
        experts.append(expert)
        versions.append(version_row(ctx, keys, (expert["id"], 1), profile, FIRST))
    return experts, versions


def _renewed(
    work: Work, keys: KeyService, renewals: Sequence[Renewal], reason: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows, versions = [], []
    for expert, versioned, profile in renewals:
        if not versioned:
            first = profile_in_row(keys, expert)
            versions.append(version_row(work.ctx, keys, (expert.id, expert.version), first, BEFORE))
        number = expert.version + 1
        rows.append({**columns_of(keys, expert.id, profile, work.ctx), "version": number})
        versions.append(version_row(work.ctx, keys, (expert.id, number), profile, reason))
    return rows, versions


def _renewing(rows: Sequence[dict[str, Any]]) -> Any:
    """One statement, so that the counts by profession are gone over once; a column of nothing but blanks has no type."""
    types = {name: Expert.__table__.c[name].type for name in rows[0]}
    came = values(*(column(name, kind) for name, kind in types.items()), name="came").data(
        [tuple(row[name] for name in types) for row in rows]
    )
    taken = {name: cast(came.c[name], kind) for name, kind in types.items() if name != "id"}
    return update(Expert).where(Expert.id == came.c.id).values(taken)


async def _keep_versions(work: Work, versions: Sequence[dict[str, Any]]) -> None:
    if versions:
        await work.session.execute(insert(ExpertVersion), list(versions))


def _record(work: Work, keys: KeyService, event: Event, of: tuple[str, str], version: dict[str, Any]) -> None:
    number, region = of
    facts = version_facts(keys, number, version["number"], version["digest"])
    work.record(event, version["expert"], region=region, **facts)
