"""A role is given up by whoever holds it, at once, unless nobody else could act."""

import pytest
from registration_scene import REGION, a_code, in_days
from sqlalchemy import select, update

from infra.auth.accounts import Choice, choices, create_account, grant, sign_in
from infra.auth.giving_up import give_up
from infra.auth.mandates import end_mandate, grant_mandate
from infra.auth.organisations import register
from infra.auth.sessions import find_session
from infra.auth.tables import Account
from infra.db.journal import Line
from infra.db.work import Database
from infra.edge import utc_now
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem

PASSWORD = "a-long-enough-password"


async def a_person(database: Database, login: str, *roles: Role, region: str = REGION, body: str | None = None) -> str:
    """An account with these roles."""
    async with database.work(SYSTEM) as work:
        account = await create_account(work, login=login, name=login, password=PASSWORD)
        for role in roles:
            await grant(work, account.id, role, region, body)
    return account.id


async def a_body(database: Database) -> str:
    async with database.work(SYSTEM) as work:
        return (await register(work, a_code(), "云湖建工", REGION)).id


async def held(database: Database, account: str) -> list[Choice]:
    async with database.reading() as session:
        return await choices(session, account)


async def gives_up(database: Database, account: str, membership: str) -> str:
    """The code of the refusal, or nothing."""
    try:
        async with database.work(Actor(account, Role.PUBLIC)) as work:
            await give_up(work, membership)
    except Problem as problem:
        return problem.code
    return ""


async def lines(database: Database, event: Event) -> list[Line]:
    async with database.reading() as session:
        return list(await session.scalars(select(Line).where(Line.event == event)))


async def test_a_mandate_is_given_up_and_logged_as_ended_by_the_person(database: Database) -> None:
    body = await a_body(database)
    one, other = [await a_person(database, login, Role.BIDDER, body=body) for login in ("zhao", "qian")]
    [mandate] = await held(database, one)
    assert await gives_up(database, one, mandate.membership.id) == ""
    assert await held(database, one) == []
    [line] = await lines(database, Event.MANDATE_ENDED)
    assert (line.actor, line.facts["account"], line.facts["organisation"]) == (one, one, body)
    [theirs] = await held(database, other)
    assert await gives_up(database, other, theirs.membership.id) == "mandate.last"


async def test_of_two_roles_for_one_body_its_last_person_gives_up_one(database: Database) -> None:
    person = await a_person(database, "zhao", Role.BIDDER, Role.PROCURING, body=await a_body(database))
    first, second = await held(database, person)
    assert await gives_up(database, person, first.membership.id) == ""
    assert await gives_up(database, person, second.membership.id) == "mandate.last"


async def test_a_colleague_whose_account_is_disabled_does_not_count(database: Database) -> None:
    body = await a_body(database)
    one, other = [await a_person(database, login, Role.BIDDER, body=body) for login in ("zhao", "qian")]
    async with database.work(SYSTEM) as work:
        await work.session.execute(update(Account).where(Account.id == other).values(disabled_at=work.ctx.now))
    [mandate] = await held(database, one)
    assert await gives_up(database, one, mandate.membership.id) == "mandate.last"


@pytest.mark.parametrize("role", [Role.CENTRE, Role.SUPERVISOR, Role.SECURITY_ADMIN])
async def test_the_last_of_a_staffs_role_in_its_region_stays(database: Database, role: Role) -> None:
    first = await a_person(database, "first", role)
    await a_person(database, "elsewhere", role, region="110000")
    [own] = await held(database, first)
    assert await gives_up(database, first, own.membership.id) == "membership.last"
    await a_person(database, "second", role)
    assert await gives_up(database, first, own.membership.id) == ""
    [line] = await lines(database, Event.MEMBERSHIP_ENDED)
    assert (line.subject, line.region, line.facts["role"]) == (first, REGION, role)


async def test_a_strangers_role_and_one_that_is_over_are_not_there_to_be_given_up(database: Database) -> None:
    body = await a_body(database)
    one, other = [await a_person(database, login, Role.BIDDER, body=body) for login in ("zhao", "qian")]
    [theirs], [own] = await held(database, other), await held(database, one)
    assert await gives_up(database, one, theirs.membership.id) == "membership.unknown"
    assert await gives_up(database, one, "member-\0") == "membership.unknown"
    assert await gives_up(database, one, own.membership.id) == ""
    assert await gives_up(database, one, own.membership.id) == "membership.unknown"


async def test_an_open_session_acts_in_the_role_that_is_left(database: Database) -> None:
    body = await a_body(database)
    await a_person(database, "qian", Role.BIDDER, body=body)
    person = await a_person(database, "zhao", Role.BIDDER, body=body)
    token, other = await sign_in(database, "zhao", PASSWORD), await a_body(database)
    async with database.work(SYSTEM) as work:
        left = (await grant(work, person, Role.AGENT, REGION, other)).id
    [given] = [one for one in await held(database, person) if one.membership.id != left]
    assert await gives_up(database, person, given.membership.id) == ""
    found = await find_session(database, token, utc_now())
    assert found is not None and found.must_choose and found.only == left


async def test_what_was_given_up_can_be_granted_again(database: Database) -> None:
    await a_person(database, "second", Role.CENTRE)
    first = await a_person(database, "first", Role.CENTRE)
    [own] = await held(database, first)
    assert await gives_up(database, first, own.membership.id) == ""
    async with database.work(SYSTEM) as work:
        again = await grant(work, first, Role.CENTRE, REGION)
    assert again.id == own.membership.id
    assert [one.membership.id for one in await held(database, first)] == [again.id]


async def test_who_was_an_administrator_never_becomes_another_one(database: Database) -> None:
    await a_person(database, "second", Role.AUDIT_ADMIN)
    first = await a_person(database, "first", Role.AUDIT_ADMIN)
    [own] = await held(database, first)
    assert await gives_up(database, first, own.membership.id) == ""
    with pytest.raises(Problem, match=r"membership\.exclusive"):
        async with database.work(SYSTEM) as work:
            await grant(work, first, Role.SECURITY_ADMIN, REGION)
    async with database.work(SYSTEM) as work:
        await grant(work, first, Role.CENTRE, REGION)


async def test_two_who_are_left_cannot_both_go(database: Database) -> None:
    """One ends the other's mandate, the other gives it up; whoever comes second is the last."""
    body = await a_body(database)
    zhao = await a_person(database, "zhao", Role.BIDDER, body=body)
    actor = Actor(zhao, Role.BIDDER, body, REGION)
    async with database.work(actor) as work:
        theirs = await grant_mandate(
            work, name="钱工", login="qian", password=PASSWORD, role="bidder", scope="投标", until=in_days(9)
        )
    async with database.work(actor) as work:
        await end_mandate(work, theirs.id)
    [own] = await held(database, zhao)
    assert await gives_up(database, zhao, own.membership.id) == "mandate.last"
