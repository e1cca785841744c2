"""Authorised persons 授权代表: only the body's own people come and go, a mandate that is over acts no more."""

from datetime import timedelta

import pytest
from registration_scene import REGION, a_code, in_days
from sqlalchemy import update

from infra.auth.accounts import choices, create_account, sign_in
from infra.auth.mandates import end_mandate, extend_mandate, grant_mandate, mandates
from infra.auth.organisations import register
from infra.auth.sessions import choose_membership, find_session
from infra.auth.tables import Membership
from infra.db.work import Database
from infra.edge import utc_now
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.problems import Problem

PASSWORD = "a-long-enough-password"


async def a_bidder(database: Database, login: str = "zhao") -> Actor:
    """Somebody who acts for a body without a time limit."""
    async with database.work(SYSTEM) as work:
        body = await register(work, a_code(), f"{login}公司", REGION)
        account = await create_account(
            work, login=login, name=login, password=PASSWORD, role=Role.BIDDER, region=REGION, organisation=body.id
        )
    return Actor(account.id, Role.BIDDER, body.id, REGION)


async def another(database: Database, actor: Actor, login: str = "qian", **changes: str) -> Membership:
    """A further person authorised by the actor."""
    told = {"name": "钱工", "role": "bidder", "scope": "投标", "until": in_days(100)} | changes
    async with database.work(actor) as work:
        return await grant_mandate(work, login=login, password=PASSWORD, **told)


async def membership_of(database: Database, actor: Actor) -> str:
    async with database.reading() as session:
        return (await choices(session, actor.id))[0].membership.id


async def test_a_further_person_acts_for_the_body_within_the_mandate(database: Database) -> None:
    actor = await a_bidder(database)
    await another(database, actor)
    found = await find_session(database, await sign_in(database, "qian", PASSWORD), utc_now())
    assert found is not None
    assert (found.actor.role, found.actor.organisation) == (Role.BIDDER, actor.organisation)


@pytest.mark.parametrize("ending", ["valid_until", "ended_at"])
async def test_a_mandate_that_is_over_acts_no_more_in_an_open_session_either(database: Database, ending: str) -> None:
    actor = await a_bidder(database)
    membership = await another(database, actor)
    token = await sign_in(database, "qian", PASSWORD)
    async with database.work(SYSTEM) as work:
        over = {ending: work.ctx.now - timedelta(seconds=1)}
        await work.session.execute(update(Membership).where(Membership.id == membership.id).values(**over))
    found = await find_session(database, token, utc_now())
    assert found is not None and found.must_choose and found.actor.role == Role.PUBLIC
    async with database.reading() as session:
        assert await choices(session, membership.account) == []
    with pytest.raises(Problem, match=r"membership\.over"):
        async with database.work(found.actor) as work:
            await choose_membership(work, found, membership.id)
    again = await find_session(database, await sign_in(database, "qian", PASSWORD), utc_now())
    assert again is not None and again.must_choose


async def test_a_mandate_is_ended_and_extended_by_another_person_of_the_body(database: Database) -> None:
    actor = await a_bidder(database)
    membership = await another(database, actor)
    async with database.work(actor) as work:
        await end_mandate(work, membership.id)
    async with database.reading() as session:
        assert await choices(session, membership.account) == []
    async with database.work(actor) as work:
        await extend_mandate(work, membership.id, "全部事项", in_days(20))
    async with database.reading() as session:
        assert len(await choices(session, membership.account)) == 1
        assert {one.membership.scope for one in await mandates(session, actor.organisation or "")} == {"全部事项", None}


async def test_the_last_person_cannot_be_removed_not_even_while_another_has_run_out(database: Database) -> None:
    actor = await a_bidder(database)
    own = await membership_of(database, actor)
    other = await another(database, actor)
    async with database.work(SYSTEM) as work:
        await work.session.execute(
            update(Membership).where(Membership.id == other.id).values(valid_until=work.ctx.now - timedelta(1))
        )
    with pytest.raises(Problem, match=r"mandate\.last"):
        async with database.work(actor) as work:
            await end_mandate(work, own)


async def test_nobody_extends_the_own_mandate(database: Database) -> None:
    actor = await a_bidder(database)
    own = await membership_of(database, actor)
    with pytest.raises(Problem, match=r"mandate\.own"):
        async with database.work(actor) as work:
            await extend_mandate(work, own, "全部", in_days(9))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"role": "agent"}, r"mandate\.role"),
        ({"role": "centre"}, r"mandate\.role"),
        ({"until": in_days(-2)}, r"mandate\.until"),
        ({"until": "later"}, r"registration\.day"),
        ({"scope": ""}, r"registration\.text"),
        ({"name": " "}, r"registration\.text"),
        ({"login": "zhao"}, r"login\.taken"),
    ],
)
async def test_a_mandate_that_cannot_stand_is_refused(database: Database, change: dict[str, str], reason: str) -> None:
    actor = await a_bidder(database)
    with pytest.raises(Problem, match=reason):
        await another(database, actor, **change)


async def test_a_strangers_mandate_is_unknown(database: Database) -> None:
    actor, stranger = await a_bidder(database), await a_bidder(database, "rival")
    foreign = await membership_of(database, stranger)
    for wrong in (foreign, "member-none", "\0"):
        with pytest.raises(Problem, match=r"mandate\.unknown"):
            async with database.work(actor) as work:
                await end_mandate(work, wrong)


@pytest.mark.parametrize("role", [Role.CENTRE, Role.SUPERVISOR, Role.PUBLIC, Role.SECURITY_ADMIN])
async def test_only_the_bodys_own_people_manage_mandates(database: Database, role: Role) -> None:
    actor = await a_bidder(database)
    with pytest.raises(Problem, match=r"permission\.denied"):
        await another(database, Actor("x", role, actor.organisation, REGION))
