"""Registration 主体入库: versions that are never changed, one in force, reviewed by somebody who does not belong."""

from datetime import timedelta
from typing import Any

import pytest
from registration_scene import REGION, a_code, in_days
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from infra.auth.accounts import choices, create_account, grant
from infra.auth.organisations import find_organisation, register
from infra.auth.registration.actions import accept, apply, give_back, submit_change, withdraw
from infra.auth.registration.queries import duplicates, own_standing, review_queue, visible_versions
from infra.auth.registration.rules import differences
from infra.auth.registration.states import VersionState
from infra.auth.registration.tables import OrganisationVersion
from infra.auth.tables import Membership
from infra.db.journal import Line
from infra.db.work import Database
from infra.kernel.context import PUBLIC, SYSTEM, Actor, Role
from infra.kernel.problems import Problem

PASSWORD = "a-long-enough-password"
CLERK = Actor("account-clerk", Role.CENTRE, None, REGION)


def a_profile(**changes: Any) -> dict[str, Any]:
    """A complete profile as a form tells it."""
    return {
        "kinds": ["bidder"],
        "name": "云湖新建设有限公司",
        "credit_code": a_code(),
        "region": "420500",
        "address": "云湖市滨江路 8 号",
        "legal_representative": "赵明",
        "contact_name": "赵工",
        "contact_phone": "0717-1234567",
        "contact_email": "",
        "licences": [{"name": "市政施工贰级", "number": "D242000001", "valid_until": in_days(400)}],
        "person_name": "赵工",
        "mandate_scope": "全部事项",
        "mandate_until": in_days(300),
    } | changes


async def a_centre(database: Database) -> None:
    """A region whose centre takes applications."""
    async with database.work(SYSTEM) as work:
        await create_account(work, login="clerk", name="员", password=PASSWORD, role=Role.CENTRE, region=REGION)


async def applied(database: Database, login: str = "zhao", **changes: Any) -> Actor:
    """Somebody who has applied; as an actor the account has no role yet."""
    async with database.work(PUBLIC) as work:
        account = await apply(work, a_profile(**changes), centre=REGION, login=login, password=PASSWORD)
    return Actor(account.id, Role.PUBLIC)


async def newest(database: Database, actor: Actor) -> OrganisationVersion:
    async with database.reading() as session:
        return (await own_standing(session, actor)).versions[0]


async def accepted(database: Database, actor: Actor) -> Actor:
    """The same person once the newest version is accepted: acting for the body."""
    async with database.work(CLERK) as work:
        version = await accept(work, (await newest(database, actor)).id)
    return Actor(actor.id, Role(version.kinds[0]), version.organisation, REGION)


async def a_body(database: Database, login: str = "zhao", **changes: Any) -> Actor:
    """Somebody acting for a registered body."""
    return await accepted(database, await applied(database, login, **changes))


@pytest.fixture
async def centre(database: Database) -> Database:
    await a_centre(database)
    return database


async def test_an_applicant_has_an_account_and_no_role_until_the_centre_accepts(centre: Database) -> None:
    actor = await applied(centre)
    async with centre.reading() as session:
        assert await choices(session, actor.id) == []
    bidder = await accepted(centre, actor)
    async with centre.reading() as session:
        [only] = await choices(session, actor.id)
        assert only.membership.role == Role.BIDDER
        assert only.organisation is not None and only.organisation.id == bidder.organisation


async def test_a_body_gets_every_role_it_was_accepted_for(centre: Database) -> None:
    actor = await a_body(centre, kinds=["agent", "procuring"])
    async with centre.reading() as session:
        assert {one.membership.role for one in await choices(session, actor.id)} == {Role.AGENT, Role.PROCURING}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"credit_code": "91110000600037341X"}, r"organisation\.credit-code"),
        ({"region": "4205"}, r"organisation\.region"),
        ({"name": "  "}, r"registration\.text"),
        ({"address": "x" * 201}, r"registration\.text"),
        ({"contact_phone": "call me"}, r"registration\.phone"),
        ({"contact_email": "nobody"}, r"registration\.email"),
        ({"kinds": []}, r"registration\.kinds"),
        ({"kinds": ["centre", "security-admin"]}, r"registration\.kinds"),
        ({"licences": [{"name": "甲", "number": "", "valid_until": in_days(3)}]}, r"registration\.licence"),
        ({"licences": [{"name": "甲", "number": "1", "valid_until": in_days(-2)}]}, r"registration\.licence-over"),
        ({"licences": [{"name": "甲", "number": "1", "valid_until": "soon"}]}, r"registration\.day"),
        ({"licences": [{"name": "甲", "number": "1", "valid_until": in_days(9)}] * 13}, r"registration\.licences"),
        ({"mandate_until": in_days(-2)}, r"mandate\.until"),
        ({"mandate_until": in_days(5 * 366 + 3)}, r"mandate\.until"),
        ({"mandate_until": "2027-13-01"}, r"registration\.day"),
    ],
)
async def test_an_application_that_cannot_stand_is_refused_and_leaves_no_account(
    centre: Database, change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Problem, match=reason):
        await applied(centre, **change)
    assert (await applied(centre)).role == Role.PUBLIC


async def test_a_registered_code_is_refused_without_telling_whose_it_is(centre: Database) -> None:
    code = a_code()
    await a_body(centre, credit_code=code)
    with pytest.raises(Problem) as refusal:
        await applied(centre, "rival", credit_code=code)
    assert (refusal.value.code, refusal.value.facts) == ("registration.known", {})


async def test_an_application_needs_a_centre_and_a_free_login(centre: Database) -> None:
    await applied(centre)
    for centre_of, login, reason in (("110000", "qian", r"registration\.centre"), (REGION, "zhao", r"login\.taken")):
        with pytest.raises(Problem, match=reason):
            async with centre.work(PUBLIC) as work:
                await apply(work, a_profile(), centre=centre_of, login=login, password=PASSWORD)


async def test_a_strangers_pending_application_does_not_keep_the_body_out(centre: Database) -> None:
    code = a_code()
    squatter = await applied(centre, "squatter", credit_code=code)
    await a_body(centre, "zhao", credit_code=code)
    with pytest.raises(Problem, match=r"registration\.known"):
        await accepted(centre, squatter)


async def test_a_change_is_a_new_version_and_the_old_one_counts_until_it_is_accepted(centre: Database) -> None:
    actor = await a_body(centre)
    first = await newest(centre, actor)
    async with centre.work(actor) as work:
        await submit_change(work, first.profile | {"name": "云湖新建设集团有限公司"})
    async with centre.reading() as session:
        standing = await own_standing(session, actor)
        assert standing.in_force is not None and standing.in_force.number == 1
        assert standing.pending is not None and standing.pending.number == 2
        assert standing.organisation is not None and standing.organisation.name == "云湖新建设有限公司"
    await accepted(centre, actor)
    async with centre.reading() as session:
        standing = await own_standing(session, actor)
        assert [one.state for one in standing.versions] == [VersionState.ACCEPTED, VersionState.SUPERSEDED]
        assert standing.organisation is not None and standing.organisation.name == "云湖新建设集团有限公司"


async def test_one_change_at_a_time_and_never_of_the_credit_code_nor_less_than_held(centre: Database) -> None:
    actor = await a_body(centre, kinds=["bidder", "agent"])
    profile = (await newest(centre, actor)).profile
    for change, reason in (
        ({"credit_code": a_code()}, r"registration\.code-fixed"),
        ({"kinds": ["bidder"]}, r"registration\.kind-kept"),
        ({}, None),
        ({}, r"registration\.pending"),
    ):
        if reason is None:
            async with centre.work(actor) as work:
                await submit_change(work, profile | change)
        else:
            with pytest.raises(Problem, match=reason):
                async with centre.work(actor) as work:
                    await submit_change(work, profile | change)


async def test_a_returned_application_says_why_and_is_handed_in_again_as_the_next_version(centre: Database) -> None:
    actor = await applied(centre)
    version = await newest(centre, actor)
    async with centre.work(CLERK) as work:
        await give_back(work, version.id, {"licences": " 请上传最新证书 ", "name": ""})
    returned = await newest(centre, actor)
    assert (returned.state, returned.reasons) == (VersionState.RETURNED, {"licences": "请上传最新证书"})
    async with centre.work(actor) as work:
        second = await submit_change(work, returned.profile)
    assert (second.number, second.series) == (2, returned.series)
    assert (await accepted(centre, actor)).role == Role.BIDDER


@pytest.mark.parametrize(
    ("reasons", "refused"),
    [
        ({}, r"registration\.no-reason"),
        ({"name": " "}, r"registration\.no-reason"),
        ({"hobby": "x"}, r"registration\.no-reason"),
        ({"name": "x" * 501}, r"registration\.text"),
    ],
)
async def test_a_return_needs_a_written_reason(centre: Database, reasons: dict[str, str], refused: str) -> None:
    version = await newest(centre, await applied(centre))
    with pytest.raises(Problem, match=refused):
        async with centre.work(CLERK) as work:
            await give_back(work, version.id, reasons)


async def test_an_answer_is_given_once(centre: Database) -> None:
    actor = await applied(centre)
    version = await newest(centre, actor)
    await accepted(centre, actor)
    for answer in (accept, lambda work, one: give_back(work, one, {"name": "x"})):
        with pytest.raises(Problem, match=r"workflow\.not-now"):
            async with centre.work(CLERK) as work:
                await answer(work, version.id)


async def test_a_version_taken_back_is_not_answered(centre: Database) -> None:
    actor = await applied(centre)
    version = await newest(centre, actor)
    async with centre.work(actor) as work:
        await withdraw(work)
    with pytest.raises(Problem, match=r"workflow\.not-now"):
        async with centre.work(CLERK) as work:
            await accept(work, version.id)
    with pytest.raises(Problem, match=r"registration\.none-pending"):
        async with centre.work(actor) as work:
            await withdraw(work)


@pytest.mark.parametrize(
    "role", [Role.BIDDER, Role.PROCURING, Role.AGENT, Role.SUPERVISOR, Role.SYSTEM_ADMIN, Role.PUBLIC]
)
async def test_only_the_centre_answers(centre: Database, role: Role) -> None:
    version = await newest(centre, await applied(centre))
    with pytest.raises(Problem, match=r"permission\.denied"):
        async with centre.work(Actor("somebody", role, None, REGION)) as work:
            await accept(work, version.id)


async def test_another_regions_centre_finds_nothing(centre: Database) -> None:
    version = await newest(centre, await applied(centre))
    abroad = Actor("abroad", Role.CENTRE, None, "110000")
    with pytest.raises(Problem, match=r"registration\.unknown"):
        async with centre.work(abroad) as work:
            await accept(work, version.id)
    async with centre.reading() as session:
        assert (await review_queue(session, abroad)).total == 0
        bidder = Actor("somebody", Role.BIDDER, "org", REGION)
        assert (await session.scalars(visible_versions(bidder))).all() == []


async def test_a_clerk_who_belongs_to_the_body_does_not_review_it(centre: Database) -> None:
    actor = await a_body(centre)
    profile = (await newest(centre, actor)).profile
    async with centre.work(SYSTEM) as work:
        both = await create_account(work, login="both", name="双", password=PASSWORD, role=Role.CENTRE, region=REGION)
        await grant(work, both.id, Role.BIDDER, REGION, actor.organisation)
    async with centre.work(actor) as work:
        version = await submit_change(work, profile)
    for clerk in (Actor(both.id, Role.CENTRE, None, REGION), Actor("x", Role.CENTRE, actor.organisation, REGION)):
        with pytest.raises(Problem, match=r"registration\.own-body"):
            async with centre.work(clerk) as work:
                await accept(work, version.id)


async def test_nobody_reviews_what_he_handed_in(centre: Database) -> None:
    actor = await applied(centre)
    version = await newest(centre, actor)
    with pytest.raises(Problem, match=r"registration\.own-body"):
        async with centre.work(Actor(actor.id, Role.CENTRE, None, REGION)) as work:
            await accept(work, version.id)


async def test_the_acceptance_of_a_change_gives_nothing_back_to_somebody_whose_mandate_was_ended(
    centre: Database,
) -> None:
    actor = await a_body(centre)
    async with centre.work(actor) as work:
        version = await submit_change(work, (await newest(centre, actor)).profile | {"kinds": ["bidder", "agent"]})
    async with centre.work(SYSTEM) as work:
        await work.session.execute(
            update(Membership).where(Membership.account == actor.id).values(ended_at=work.ctx.now)
        )
    async with centre.work(CLERK) as work:
        await accept(work, version.id)
    async with centre.reading() as session:
        assert await choices(session, actor.id) == []


async def test_a_change_renews_a_mandate_that_has_run_out(centre: Database) -> None:
    actor = await a_body(centre)
    async with centre.work(SYSTEM) as work:
        await work.session.execute(
            update(Membership).where(Membership.account == actor.id).values(valid_until=work.ctx.now - timedelta(1))
        )
    lapsed = Actor(actor.id, Role.PUBLIC)
    async with centre.work(lapsed) as work:
        await submit_change(work, (await newest(centre, lapsed)).profile)
    await accepted(centre, lapsed)
    async with centre.reading() as session:
        assert len(await choices(session, actor.id)) == 1


async def test_a_body_that_was_registered_without_a_profile_hands_in_its_first(centre: Database) -> None:
    code = a_code()
    async with centre.work(SYSTEM) as work:
        body = await register(work, code, "老单位", REGION)
        account = await create_account(
            work, login="old", name="老王", password=PASSWORD, role=Role.BIDDER, region=REGION, organisation=body.id
        )
    actor = Actor(account.id, Role.BIDDER, body.id, REGION)
    async with centre.work(actor) as work:
        await submit_change(work, a_profile(credit_code=code, name="老单位有限公司"))
    await accepted(centre, actor)
    async with centre.reading() as session:
        found = await find_organisation(session, code)
        assert found is not None and found.name == "老单位有限公司"


async def test_the_queue_shows_the_oldest_first_and_filters_by_state_and_role(centre: Database) -> None:
    for login, kinds in (("a1", ["bidder"]), ("b2", ["agent"]), ("c3", ["bidder", "agent"])):
        await applied(centre, login, kinds=kinds, name=login)
    async with centre.reading() as session:
        found = await review_queue(session, CLERK, state="submitted")
        assert [one.profile["name"] for one in found.items] == ["a1", "b2", "c3"]
        agents = await review_queue(session, CLERK, kind="agent", newest_first=True)
        assert [one.profile["name"] for one in agents.items] == ["c3", "b2"]
        assert (await review_queue(session, CLERK, state="accepted")).total == 0
        assert (await review_queue(session, CLERK, page=99)).page == 1


async def test_others_with_the_same_telephone_or_representative_are_hinted_at(centre: Database) -> None:
    one = await applied(centre, "a1", contact_phone="0717-0000001", legal_representative="钱进")
    await applied(centre, "b2", contact_phone="0717-0000002", legal_representative="钱进")
    await applied(centre, "c3", contact_phone="0717-0000003", legal_representative="孙平")
    version = await newest(centre, one)
    async with centre.reading() as session:
        [hint] = await duplicates(session, version)
        assert hint.alike == ("legal_representative",)


def test_what_differs_between_two_versions_is_told_field_by_field() -> None:
    old = a_profile()
    new = old | {"address": "新址", "licences": []}
    changed = {one.field: (one.before, one.after) for one in differences(old, new) if one.changed}
    assert set(changed) == {"address", "licences"}
    assert changed["licences"][1] == ()
    assert not any(one.changed for one in differences(None, new))


async def test_every_step_leaves_one_line_that_names_whom_it_concerns(centre: Database) -> None:
    actor = await applied(centre)
    async with centre.work(CLERK) as work:
        await give_back(work, (await newest(centre, actor)).id, {"name": "x"})
    async with centre.work(actor) as work:
        await submit_change(work, (await newest(centre, actor)).profile)
    bidder = await accepted(centre, actor)
    async with centre.reading() as session:
        lines = (
            await session.scalars(select(Line).where(Line.event.startswith("registration.")).order_by(Line.id))
        ).all()
        known = (await session.scalars(select(Line).where(Line.subject == bidder.organisation))).all()
    assert [line.event.partition(".")[2] for line in lines] == ["submitted", "returned", "submitted"]
    assert {line.facts["account"] for line in lines} == {actor.id}
    assert [line.event for line in known] == ["organisation.registered"]
    assert all(line.salt is None for line in lines), "an application is nobody else's business"


async def test_the_database_refuses_two_versions_in_force(centre: Database) -> None:
    actor = await a_body(centre)
    async with centre.work(actor) as work:
        second = await submit_change(work, (await newest(centre, actor)).profile)
    with pytest.raises(IntegrityError, match="one_in_force"):
        async with centre.work(SYSTEM) as work:
            await work.session.execute(
                update(OrganisationVersion)
                .where(OrganisationVersion.id == second.id)
                .values(state="accepted", decided_at=work.ctx.now, decided_by="x")
            )
