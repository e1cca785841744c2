"""People sign in with a password, act in one role at a time, and cannot be guessed at for long."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from infra.auth.accounts import TRIES_FROM_ONE_ADDRESS, WINDOW, choices, create_account, grant, sign_in
from infra.auth.organisations import register
from infra.auth.sessions import IDLE, LIFETIME, SignedIn, choose_membership, find_session, sign_out, touch
from infra.auth.tables import Account, Membership, SignInCount, WebSession
from infra.db.journal import Line
from infra.db.work import Database
from infra.edge import utc_now
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.problems import Problem

PASSWORD = "correct horse battery"
REGION = "990100"


async def an_account(database: Database, login: str = "wang", role: Role | None = Role.JUDGE) -> Account:
    async with database.work(SYSTEM) as work:
        return await create_account(work, login=login, name="王工", password=PASSWORD, role=role, region=REGION)


async def an_organisation(database: Database) -> str:
    async with database.work(SYSTEM) as work:
        return (await register(work, "91110000600037341L", "云湖建工", REGION)).id


async def found(database: Database, token: str, later: timedelta = timedelta()) -> SignedIn | None:
    return await find_session(database, token, utc_now() + later)


async def events(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.scalars(select(Line.event).order_by(Line.id)))


async def test_the_right_password_opens_a_session_in_the_only_role(database: Database) -> None:
    account = await an_account(database)
    signed_in = await found(database, await sign_in(database, " WANG ", PASSWORD, "127.0.0.1"))
    assert signed_in is not None
    assert signed_in.actor == Actor(account.id, Role.JUDGE, None, REGION)
    assert not signed_in.must_choose
    assert len(signed_in.csrf) == 64


async def test_a_role_for_a_body_carries_the_body(database: Database) -> None:
    organisation = await an_organisation(database)
    account = await an_account(database, role=None)
    async with database.work(SYSTEM) as work:
        await grant(work, account.id, Role.BIDDER, REGION, organisation)
    signed_in = await found(database, await sign_in(database, "wang", PASSWORD))
    assert signed_in is not None
    assert signed_in.actor.organisation == organisation
    assert signed_in.organisation is not None
    assert signed_in.organisation.name == "云湖建工"


@pytest.mark.parametrize(
    ("login", "password"), [("wang", "wrong password"), ("nobody", PASSWORD), ("wang", ""), ("\0\ud800", "\0\ud800")]
)
async def test_a_wrong_password_and_an_unknown_login_are_refused_alike(
    database: Database, login: str, password: str
) -> None:
    await an_account(database)
    with pytest.raises(Problem) as refusal:
        await sign_in(database, login, password)
    assert (refusal.value.code, refusal.value.facts) == ("sign-in.refused", {})
    assert (await events(database))[-1] == "sign-in.refused"


async def test_a_disabled_account_is_refused_like_a_wrong_password_and_its_sessions_end(database: Database) -> None:
    account = await an_account(database)
    token = await sign_in(database, "wang", PASSWORD)
    async with database.work(SYSTEM) as work:
        await work.session.execute(update(Account).where(Account.id == account.id).values(disabled_at=utc_now()))
    assert await found(database, token) is None
    with pytest.raises(Problem, match=r"sign-in.refused"):
        await sign_in(database, "wang", PASSWORD)


@pytest.mark.parametrize("login", ["wang", "nobody"])
async def test_after_five_tries_from_an_address_even_the_right_password_waits(database: Database, login: str) -> None:
    await an_account(database)
    for _ in range(TRIES_FROM_ONE_ADDRESS):
        with pytest.raises(Problem, match=r"sign-in.refused"):
            await sign_in(database, login, "wrong password", "10.0.0.1")
    with pytest.raises(Problem, match=r"sign-in.locked"):
        await sign_in(database, login, PASSWORD, "10.0.0.1")


async def test_a_rival_at_another_address_does_not_lock_a_bidder_out(database: Database) -> None:
    await an_account(database)
    for _ in range(TRIES_FROM_ONE_ADDRESS + 1):
        with pytest.raises(Problem, match="sign-in"):
            await sign_in(database, "wang", "wrong password", "10.0.0.1")
    assert await sign_in(database, "wang", PASSWORD, "10.0.0.2")


async def test_the_lock_ends_with_its_window(database: Database) -> None:
    await an_account(database)
    for _ in range(TRIES_FROM_ONE_ADDRESS + 1):
        with pytest.raises(Problem, match="sign-in"):
            await sign_in(database, "wang", "wrong password")
    async with database.work(SYSTEM) as work:
        await work.session.execute(update(SignInCount).values(since=work.ctx.now - WINDOW))
    assert await sign_in(database, "wang", PASSWORD)


async def test_a_success_forgets_the_tries_before_it(database: Database) -> None:
    await an_account(database)
    for _ in range(2 * TRIES_FROM_ONE_ADDRESS):
        await sign_in(database, "wang", PASSWORD)
    async with database.reading() as session:
        assert (await session.scalars(select(SignInCount))).all() == []


async def test_a_session_ends_after_its_lifetime_and_after_idleness(database: Database) -> None:
    await an_account(database)
    token = await sign_in(database, "wang", PASSWORD)
    assert await found(database, token, IDLE - timedelta(minutes=1)) is not None
    assert await found(database, token, IDLE + timedelta(minutes=1)) is None
    async with database.work(SYSTEM) as work:
        await work.session.execute(update(WebSession).values(last_seen=work.ctx.now + LIFETIME))
    assert await found(database, token, LIFETIME + timedelta(minutes=1)) is None


async def test_a_sign_of_life_is_due_after_a_minute_and_prolongs_the_session(database: Database) -> None:
    await an_account(database)
    token = await sign_in(database, "wang", PASSWORD)
    async with database.work(SYSTEM) as work:
        await work.session.execute(update(WebSession).values(last_seen=work.ctx.now - timedelta(hours=1)))
    old = await found(database, token)
    assert old is not None
    assert old.due_to_touch(utc_now())
    await touch(database, old)
    new = await found(database, token)
    assert new is not None
    assert not new.due_to_touch(utc_now())


@pytest.mark.parametrize("token", ["", "0" * 64, "\0\ud800", "x" * 10_000])
async def test_a_foreign_token_is_nobody(database: Database, token: str) -> None:
    assert await found(database, token) is None


async def test_the_database_holds_no_token_and_no_password(database: Database) -> None:
    await an_account(database)
    token = await sign_in(database, "wang", PASSWORD)
    async with database.reading() as session:
        rows = (await session.execute(select(WebSession.token_hash, Account.password_hash).join(Account))).one()
    assert token.encode() not in rows[0]
    assert bytes.fromhex(token) != rows[0]
    assert rows[1].startswith("$argon2id$")
    assert PASSWORD not in rows[1]


async def test_with_two_roles_one_is_chosen_and_the_old_token_dies(database: Database) -> None:
    account = await an_account(database)
    async with database.work(SYSTEM) as work:
        await grant(work, account.id, Role.CENTRE, REGION)
    token = await sign_in(database, "wang", PASSWORD)
    undecided = await found(database, token)
    assert undecided is not None
    assert undecided.must_choose
    assert undecided.actor.role == Role.PUBLIC
    async with database.work(undecided.actor) as work:
        own = await choices(work.session, account.id)
        chosen = await choose_membership(work, undecided, own[0].membership.id)
    decided = await found(database, chosen)
    assert decided is not None
    assert decided.actor.role == Role.CENTRE
    assert await found(database, token) is None


async def test_nobody_chooses_a_strangers_role(database: Database) -> None:
    await an_account(database)
    stranger = await an_account(database, "zhang")
    signed_in = await found(database, await sign_in(database, "wang", PASSWORD))
    assert signed_in is not None
    async with database.reading() as session:
        foreign = (await choices(session, stranger.id))[0].membership.id
    for wrong in (foreign, "member-none", "\0"):
        with pytest.raises(Problem, match=r"membership.unknown"):
            async with database.work(signed_in.actor) as work:
                await choose_membership(work, signed_in, wrong)


async def test_signing_out_ends_the_session(database: Database) -> None:
    await an_account(database)
    token = await sign_in(database, "wang", PASSWORD)
    signed_in = await found(database, token)
    assert signed_in is not None
    async with database.work(signed_in.actor) as work:
        await sign_out(work, signed_in)
    assert await found(database, token) is None


ADMINISTRATORS = [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN]


@pytest.mark.parametrize("first", ADMINISTRATORS)
@pytest.mark.parametrize("second", [*ADMINISTRATORS, Role.JUDGE])
async def test_an_administrator_holds_one_role_and_no_other(database: Database, first: Role, second: Role) -> None:
    account = await an_account(database, role=first)
    with pytest.raises(Problem, match="membership"):
        async with database.work(SYSTEM) as work:
            await grant(work, account.id, second, REGION)
    other = await an_account(database, "zhang", second)
    with pytest.raises(Problem, match="membership"):
        async with database.work(SYSTEM) as work:
            await grant(work, other.id, first, REGION)


async def test_the_database_refuses_two_administrator_roles_of_one_account(database: Database) -> None:
    account = await an_account(database, role=Role.SYSTEM_ADMIN)
    with pytest.raises(IntegrityError, match="one_administrator"):
        async with database.work(SYSTEM) as work:
            work.session.add(Membership(id="m2", account=account.id, role=Role.AUDIT_ADMIN, region=REGION))


@pytest.mark.parametrize("role", [Role.SYSTEM, Role.PUBLIC, Role.TRUSTEE])
async def test_a_role_of_no_person_is_given_to_nobody(database: Database, role: Role) -> None:
    with pytest.raises(Problem, match=r"membership.role"):
        await an_account(database, role=role)


@pytest.mark.parametrize("role", [Role.BIDDER, Role.PROCURING, Role.AGENT])
async def test_a_role_that_speaks_for_a_body_needs_one(database: Database, role: Role) -> None:
    with pytest.raises(Problem, match=r"membership.no-body"):
        await an_account(database, role=role)


async def test_the_same_role_is_not_given_twice(database: Database) -> None:
    account = await an_account(database)
    with pytest.raises(Problem, match=r"membership.known"):
        async with database.work(SYSTEM) as work:
            await grant(work, account.id, Role.JUDGE, REGION)


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"login": "WANG"}, "login.taken"), ({"login": "a b"}, "login.form"), ({"password": "short"}, "password.length")],
)
async def test_a_bad_account_is_refused(database: Database, change: dict[str, str], reason: str) -> None:
    await an_account(database)
    given = {"login": "zhang", "password": PASSWORD} | change
    with pytest.raises(Problem, match=reason):
        async with database.work(SYSTEM) as work:
            await create_account(work, name="张工", **given)


async def test_the_system_administrator_creates_accounts_but_gives_no_role(database: Database) -> None:
    admin = replace(SYSTEM, id="account-admin", role=Role.SYSTEM_ADMIN, region=REGION)
    async with database.work(admin) as work:
        account = await create_account(work, login="li", name="李工", password=PASSWORD)
    with pytest.raises(Problem, match=r"permission.denied"):
        async with database.work(admin) as work:
            await grant(work, account.id, Role.JUDGE, REGION)
    async with database.work(replace(admin, role=Role.SECURITY_ADMIN)) as work:
        await grant(work, account.id, Role.JUDGE, REGION)
