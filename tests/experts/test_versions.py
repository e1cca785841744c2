"""Every change of an expert is a version: reasoned, sealed, hashed into the log, never changed afterwards."""

from dataclasses import replace

import pytest
from pool_scene import Office, a_profile, refusal
from registration_scene import a_code
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from expertpool.experts.contact import contact_of
from expertpool.experts.life import change, move
from expertpool.experts.rules import Profile, Tie, TieKind, read_profile, told
from expertpool.experts.sealing import name_tag, phone_tag
from expertpool.experts.tables import ExpertStanding, ExpertVersion
from expertpool.experts.versions import differences, is_whole, profile_of, versions_of
from expertpool.recusal.ties import ties_of
from infra.db.journal import Line
from infra.kernel.canonical import canonical, parse
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event


async def changed(office: Office, expert: str, profile: Profile, reason: str = "换了单位", login: str = "pool1") -> int:
    """The number of the version that comes into force."""
    async with office.database.work(office.actors[login]) as work:
        return await change(work, office.keys, expert, profile, reason)


async def test_a_change_is_the_next_version_with_its_reason_and_a_leaf(office: Office) -> None:
    profile = a_profile()
    expert_id = await office.entered(**vars(profile))
    assert await changed(office, expert_id, replace(profile, phone="13900005678", professions=("A06",))) == 2
    expert = await office.expert(expert_id)
    assert (expert.version, expert.specialties, expert.reaches) == (2, ["A06"], ["A", "A06"])
    assert expert.phone_tag == phone_tag(office.keys, "139 0000 5678")
    assert expert.name_tag == name_tag(office.keys, profile.name)
    assert contact_of(office.keys, expert).phone == "13900005678"
    async with office.database.reading() as session:
        second, first = await versions_of(session, expert_id)
        [line] = (await session.scalars(select(Line).where(Line.event == Event.EXPERT_CHANGED))).all()
    assert (second.reason, second.changed_by) == ("换了单位", office.actors["pool1"].id)
    assert line.facts["digest"] == second.digest.hex() and "换了单位" not in str(line.facts)
    rows = differences(profile_of(office.keys, first), profile_of(office.keys, second))
    assert [row.field for row in rows if row.changed] == ["phone", "professions"]
    assert is_whole(office.keys, first) and is_whole(office.keys, second)


@pytest.mark.parametrize("reason", ["", " \n\t", "长" * 501])
async def test_a_change_needs_a_written_reason(office: Office, reason: str) -> None:
    profile = a_profile()
    expert = await office.entered(**vars(profile))
    assert await refusal(changed(office, expert, replace(profile, years=20), reason)) == "expert.reason"


async def test_a_change_of_nothing_is_none(office: Office) -> None:
    profile = a_profile()
    expert = await office.entered(**vars(profile))
    assert await refusal(changed(office, expert, profile)) == "expert.unchanged"


async def test_a_corrected_identity_may_not_be_somebody_elses(office: Office) -> None:
    mine, other = a_profile(), a_profile()
    expert = await office.entered(**vars(mine))
    await office.entered(**vars(other))
    assert await refusal(changed(office, expert, replace(mine, identity=other.identity))) == "expert.known"


async def test_only_the_office_of_the_region_changes_an_expert(office: Office) -> None:
    profile = a_profile()
    expert = await office.entered(**vars(profile))
    later = replace(profile, years=20)
    assert await refusal(changed(office, expert, later, login="pool3")) == "expert.unknown"
    assert await refusal(changed(office, expert, later, login="centre1")) == "permission.denied"
    assert await refusal(changed(office, expert, replace(later, region="110000"))) == "expert.other-region"


@pytest.mark.parametrize("table", [ExpertVersion, ExpertStanding])
@pytest.mark.parametrize("act", ["UPDATE {} SET reason = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
async def test_no_version_and_no_step_is_ever_changed(
    office: Office, table: type[ExpertVersion | ExpertStanding], act: str
) -> None:
    expert = await office.entered()
    async with office.database.work(office.actors["pool1"]) as work:
        await move(work, expert, "suspend", basis="TBR 71", reason="两次缺席")

    async def tamper() -> None:
        async with office.database.work(SYSTEM) as work:
            await work.session.execute(text(act.format(table.__tablename__)))

    with pytest.raises(DBAPIError, match="append-only"):
        await tamper()


async def test_ties_follow_what_is_stated_and_a_former_employer_stays_a_tie(office: Office) -> None:
    before, after, relative = a_code(), a_code(), Tie(a_code(), TieKind.KIN)
    profile = a_profile(employer=before, ties=(relative,))
    expert = await office.entered(**vars(profile))
    await changed(office, expert, replace(profile, employer=after, ties=()))
    async with office.database.reading() as session:
        [tie] = (await ties_of(session, office.keys, [expert]))[expert]
    assert (tie.code, tie.kind) == (before, TieKind.EMPLOYED) and tie.until is not None


def test_a_profile_is_read_as_it_was_told() -> None:
    profile = a_profile()
    assert read_profile(parse(canonical(told(profile)))) == profile
