"""Applications to the pool: sealed, reviewed by two people, answered alike whoever applies."""

from typing import Any

import pytest
from pool_scene import REGION, Office, a_profile, an_identity, refusal
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from expertpool.experts.applications import (
    FROM_ONE_ADDRESS,
    apply,
    give_back,
    pass_first,
    pass_second,
    profile_in,
    visible_applications,
    withdraw,
)
from expertpool.experts.life import enter, move
from expertpool.experts.rules import Certificate, Tie, TieKind, Title
from expertpool.experts.sealing import identity_of, name_of
from expertpool.experts.tables import Expert, ExpertApplication, ExpertVersion
from expertpool.experts.versions import profile_of
from infra.auth.tables import SignInCount
from infra.db.journal import Line
from infra.kernel.context import PUBLIC, SYSTEM
from infra.kernel.events import Event

pytestmark = pytest.mark.soak


async def test_an_application_passed_by_two_people_is_an_expert_with_number_tags_and_first_version(
    office: Office,
) -> None:
    profile = a_profile(professions=("A0804", "A06"))
    expert = await office.expert(await office.entered(**vars(profile)))
    assert expert.number is not None and expert.number.startswith(f"E-{REGION}-") and len(expert.number) == 15
    assert (expert.state, expert.version, expert.reaches) == ("active", 1, ["A", "A06", "A08", "A0804"])
    assert (name_of(office.keys, expert), identity_of(office.keys, expert)) == (profile.name, profile.identity)
    async with office.database.reading() as session:
        [version] = (await session.scalars(select(ExpertVersion))).all()
        [line] = (await session.scalars(select(Line).where(Line.event == Event.EXPERT_ENTERED))).all()
    assert profile_of(office.keys, version) == profile_of(office.keys, version)
    assert profile_of(office.keys, version).professions == ("A06", "A0804")
    assert line.facts["digest"] == version.digest.hex() and line.salt is not None
    assert expert.number not in str(line.facts)


async def test_what_was_applied_with_is_sealed_and_no_length_tells_a_name(office: Office) -> None:
    short, long = await office.applied(name="王一"), await office.applied(name="欧阳" + "长" * 40)
    async with office.database.reading() as session:
        rows = {one.id: one for one in await session.scalars(select(ExpertApplication))}
    assert len(rows[short].sealed) == len(rows[long].sealed)
    assert profile_in(office.keys, rows[short]).name == "王一"
    assert "王一".encode() not in rows[short].sealed


async def test_the_same_person_cannot_pass_both_reviews(office: Office) -> None:
    application = await office.applied()

    async def second() -> None:
        async with office.database.work(office.actors["pool1"]) as work:
            await pass_second(work, office.keys, application)

    async with office.database.work(office.actors["pool1"]) as work:
        await pass_first(work, office.keys, application)
    assert await refusal(second()) == "expert.same-reviewer"


async def test_the_database_too_refuses_one_reviewer_for_both(office: Office) -> None:
    application = await office.applied()

    async def both() -> None:
        async with office.database.work(SYSTEM) as work:
            row = await work.session.get_one(ExpertApplication, application)
            row.first_by = row.second_by = "account-x"
            row.first_at = row.second_at = work.ctx.now

    with pytest.raises(IntegrityError, match="two_reviewers"):
        await both()


async def test_whoever_typed_an_application_reviews_it_not(office: Office) -> None:
    async with office.database.work(office.actors["pool1"]) as work:
        application = (await apply(work, office.keys, a_profile())).id

    async def first() -> None:
        async with office.database.work(office.actors["pool1"]) as work:
            await pass_first(work, office.keys, application)

    assert await refusal(first()) == "expert.own-application"


async def test_the_second_review_comes_after_the_first(office: Office) -> None:
    application = await office.applied()

    async def second() -> None:
        async with office.database.work(office.actors["pool2"]) as work:
            await pass_second(work, office.keys, application)

    assert await refusal(second()) == "workflow.not-now"


async def test_a_level_counts_as_a_senior_title_only_with_a_written_reason(office: Office) -> None:
    application = await office.applied(title=Title.EQUAL)

    async def first() -> None:
        async with office.database.work(office.actors["pool1"]) as work:
            await pass_first(work, office.keys, application, equal="  ")

    assert await refusal(first()) == "expert.equal"


async def test_a_twin_is_taken_like_anybody_and_refused_to_the_reviewer_alone(office: Office) -> None:
    known = a_profile()
    await office.entered(**vars(known))
    twin = await office.applied(**vars(known) | {"name": "另一个名字"})

    async def second() -> None:
        async with office.database.work(office.actors["pool2"]) as work:
            await pass_second(work, office.keys, twin)

    async with office.database.work(office.actors["pool1"]) as work:
        await pass_first(work, office.keys, twin)
    assert await refusal(second()) == "expert.known"


async def test_a_twin_in_another_region_is_refused_without_being_seen(office: Office) -> None:
    known = a_profile()
    await office.entered(**vars(known))

    async def elsewhere() -> None:
        async with office.database.work(office.actors["pool3"]) as work:
            twin = a_profile(identity=known.identity, region="339900")
            await enter(work, office.keys, twin, reviewers=("account-a", "account-b"))

    assert await refusal(elsewhere()) == "expert.known"


async def test_somebody_removed_comes_back_through_an_application_under_the_old_number(office: Office) -> None:
    profile = a_profile()
    expert_id = await office.entered(**vars(profile))
    before = await office.expert(expert_id)
    async with office.database.work(office.actors["pool1"]) as work:
        await move(work, expert_id, "remove", basis="TBR 71", reason="收受投标人财物")
    assert await office.entered(**vars(profile) | {"years": 13}) == expert_id
    after = await office.expert(expert_id)
    assert (after.state, after.version, after.number) == ("active", 2, before.number)


@pytest.mark.parametrize("end", [give_back, withdraw])
async def test_an_application_is_given_back_or_closed_with_a_written_reason_only(office: Office, end: Any) -> None:
    application = await office.applied()

    async def answer(why: str) -> None:
        async with office.database.work(office.actors["pool1"]) as work:
            await end(work, office.keys, application, why)

    assert await refusal(answer(" \n")) == "expert.reason"
    await answer("证书已过期")
    assert await refusal(answer("再来一次")) == "workflow.not-now"


async def test_another_region_and_other_roles_see_no_application(office: Office) -> None:
    application = await office.applied()

    async def review(login: str) -> None:
        async with office.database.work(office.actors[login]) as work:
            await pass_first(work, office.keys, application)

    assert await refusal(review("pool3")) == "application.unknown"
    assert await refusal(review("centre1")) == "permission.denied"
    async with office.database.reading(office.actors["supervisor1"]) as session:
        assert (await session.scalars(visible_applications(office.actors["supervisor1"]))).all() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"identity": "resident:429900197001015009"}, "expert.check-digit"),
        ({"identity": "resident:429900197013325001"}, "expert.check-digit"),
        ({"identity": "resident:1234"}, "expert.identity"),
        ({"identity": ":429900"}, "expert.identity"),
        ({"employer": "91429900MA0000777X"}, "expert.employer"),
        ({"name": "  "}, "expert.name"),
        ({"years": 7}, "expert.years"),
        ({"professions": ()}, "expert.specialty"),
        ({"professions": ("Z99",)}, "expert.specialty"),
        ({"professions": ("A",)}, "expert.specialty"),
        ({"region": "42"}, "organisation.region"),
        ({"region": "110101"}, "expert.no-office"),
        ({"consents": frozenset({"rules"})}, "expert.consent"),
        ({"certificates": (Certificate(" ", "N-1"),)}, "expert.certificate"),
        ({"certificates": (Certificate("注册造价工程师", "\n"),)}, "expert.certificate"),
        ({"certificates": (Certificate("注册造价工程师", "9" * 81),)}, "expert.certificate"),
        ({"certificates": (Certificate("甲" * 201, "N-1"),)}, "expert.certificate"),
        ({"certificates": (Certificate("注册造价工程师", "N-1"),) * 13}, "expert.too-long"),
        ({"ties": (Tie("91", TieKind.KIN),)}, "expert.tie"),
        ({"ties": (Tie("", TieKind.KIN),) * 41}, "expert.too-long"),
        ({"phone": "call me"}, "registration.phone"),
        ({"email": "nowhere"}, "registration.email"),
    ],
)
async def test_what_cannot_stand_is_refused_and_never_repeated(
    office: Office, changes: dict[str, Any], code: str
) -> None:
    assert await refusal(office.applied(**changes)) == code


async def test_a_check_digit_x_is_read_in_either_case(office: Office) -> None:
    number = next(one for one in iter(an_identity, "") if one.endswith("X"))
    application = await office.applied(identity=f"resident:{number.lower()}")
    async with office.database.reading() as session:
        found = await session.get_one(ExpertApplication, application)
    assert profile_in(office.keys, found).identity == f"resident:{number}"


async def test_one_address_cannot_flood_the_office(office: Office) -> None:
    async def once() -> None:
        async with office.database.work(PUBLIC, "192.0.2.9") as work:
            await apply(work, office.keys, a_profile())

    for _ in range(FROM_ONE_ADDRESS):
        await once()
    assert await refusal(once()) == "expert.crowded"
    async with office.database.work(SYSTEM) as work:
        await work.session.execute(delete(SignInCount))
    await once()


async def test_only_the_system_enters_somebody_without_reviewers(office: Office) -> None:
    async def alone(reviewers: tuple[str, str] | None) -> None:
        async with office.database.work(office.actors["pool1"]) as work:
            await enter(work, office.keys, a_profile(), reviewers=reviewers)

    assert await refusal(alone(None)) == "expert.reviewers"
    assert await refusal(alone(("account-a", "account-a"))) == "expert.same-reviewer"
    async with office.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Expert)) == 0


async def test_an_office_enters_nobody_of_another_region(office: Office) -> None:
    async def elsewhere() -> None:
        async with office.database.work(office.actors["pool1"]) as work:
            await enter(work, office.keys, a_profile(region="339900"), reviewers=("account-a", "account-b"))

    assert await refusal(elsewhere()) == "expert.other-region"
