"""The second factor: forced on staff outside the demonstration, each code once, a lost device is no lost account."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from registration_scene import REGION
from sqlalchemy import select, update
from virtual_passkey import VirtualPasskey

from infra.auth.accounts import create_account, grant, sign_in
from infra.auth.keys import KeyService, PlatformKeys
from infra.auth.second_factor import codes
from infra.auth.second_factor.actions import (
    begin,
    confirm_code,
    confirm_passkey,
    new_recovery_codes,
    remove,
    secret_of,
)
from infra.auth.second_factor.passkeys import Party, party_of
from infra.auth.second_factor.queries import Next
from infra.auth.second_factor.tables import Authenticator, PendingSignIn, RecoveryCode
from infra.auth.sessions import choose_membership, find_session
from infra.auth.signing_in import (
    WAITS,
    begin_sign_in,
    find_waiting,
    finish_by_code,
    finish_by_passkey,
    finish_enrolment,
    sign_in_by_program,
)
from infra.auth.tables import Account
from infra.db.journal import Line
from infra.db.work import Database
from infra.edge import utc_now
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.problems import Problem
from infra.settings import DatabaseAddress

pytestmark = pytest.mark.soak

PASSWORD = "a-long-enough-password"
SITE = Party("hall.test", "https://hall.test")
NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def service(tmp_path: Path) -> KeyService:
    return PlatformKeys.load_or_create(tmp_path).service


@pytest_asyncio.fixture
async def real(fresh_database: DatabaseAddress) -> AsyncIterator[Database]:
    """The database of a platform that is no demonstration."""
    opened = Database(fresh_database.sqlalchemy, mode="production")
    yield opened
    await opened.close()


async def a_person(database: Database, role: Role = Role.CENTRE, login: str = "wang") -> Account:
    async with database.work(SYSTEM) as work:
        return await create_account(work, login=login, name="王", password=PASSWORD, role=role, region=REGION)


async def with_generator(database: Database, service: KeyService, account: Account) -> tuple[bytes, list[str]]:
    """Set a code generator up; its secret, and the recovery codes. The step just used lies in the past."""
    async with database.work(Actor(account.id, Role.CENTRE)) as work:
        made = await begin(work, service, account.id, "totp", "手机")
        secret = secret_of(service, made)
        recovery = await confirm_code(work, service, made, code_at(secret, work.ctx.now))
        made.counter -= 10
    return secret, recovery


def code_at(secret: bytes, at: datetime) -> str:
    import pyotp

    return pyotp.TOTP(codes.written(secret)).at(at)


async def code_now(database: Database, secret: bytes) -> str:
    async with database.work(SYSTEM) as work:
        return code_at(secret, work.ctx.now)


async def waiting(database: Database, service: KeyService) -> str:
    begun = await begin_sign_in(database, service, "wang", PASSWORD)
    assert begun.then is Next.PROVE
    return begun.token


async def test_a_right_password_waits_for_the_code_and_the_code_opens_the_session(
    database: Database, service: KeyService
) -> None:
    account = await a_person(database)
    secret, _ = await with_generator(database, service, account)
    token = await waiting(database, service)
    assert await find_session(database, token, utc_now()) is None
    session = await finish_by_code(database, service, token, await code_now(database, secret))
    found = await find_session(database, session, utc_now())
    assert found is not None and found.actor.role == Role.CENTRE


async def test_a_code_works_once(database: Database, service: KeyService) -> None:
    secret, _ = await with_generator(database, service, await a_person(database))
    code = await code_now(database, secret)
    await finish_by_code(database, service, await waiting(database, service), code)
    with pytest.raises(Problem, match=r"second-factor\.code"):
        await finish_by_code(database, service, await waiting(database, service), code)


@pytest.mark.parametrize("code", ["", "000000", "12345", "１２３４５６", "abcdef", "aaaaa-aaaaa", "\0", "\ud800"])
async def test_a_wrong_code_is_refused_and_noted(database: Database, service: KeyService, code: str) -> None:
    secret, _ = await with_generator(database, service, await a_person(database))
    if code == await code_now(database, secret):
        return
    with pytest.raises(Problem, match=r"second-factor\.code"):
        await finish_by_code(database, service, await waiting(database, service), code)
    async with database.reading() as session:
        last = await session.scalar(select(Line.event).order_by(Line.id.desc()).limit(1))
    assert last == "second-factor.refused"


async def test_after_five_wrong_codes_even_the_right_one_waits(database: Database, service: KeyService) -> None:
    secret, _ = await with_generator(database, service, await a_person(database))
    for _ in range(5):
        with pytest.raises(Problem, match=r"second-factor\.code"):
            await finish_by_code(database, service, await waiting(database, service), "not it")
    with pytest.raises(Problem, match=r"sign-in\.locked"):
        await finish_by_code(database, service, await waiting(database, service), await code_now(database, secret))


async def test_a_recovery_code_stands_in_once_and_only_for_its_own_account(
    database: Database, service: KeyService
) -> None:
    account = await a_person(database)
    _, recovery = await with_generator(database, service, account)
    _, foreign = await with_generator(database, service, await a_person(database, login="zhang"))
    assert len(set(recovery)) == codes.RECOVERY_CODES
    spelled = recovery[0].upper().replace("-", " ")
    assert await finish_by_code(database, service, await waiting(database, service), spelled)
    for wrong in (recovery[0], foreign[0]):
        with pytest.raises(Problem, match=r"second-factor\.code"):
            await finish_by_code(database, service, await waiting(database, service), wrong)


async def test_new_recovery_codes_kill_the_old_ones(database: Database, service: KeyService) -> None:
    account = await a_person(database)
    _, old = await with_generator(database, service, account)
    async with database.work(Actor(account.id, Role.CENTRE)) as work:
        new = await new_recovery_codes(work)
    with pytest.raises(Problem, match=r"second-factor\.code"):
        await finish_by_code(database, service, await waiting(database, service), old[0])
    assert await finish_by_code(database, service, await waiting(database, service), new[0])


async def test_a_sign_in_waits_ten_minutes_and_is_over_once_it_succeeded(
    database: Database, service: KeyService
) -> None:
    _, recovery = await with_generator(database, service, await a_person(database))
    late, used = await waiting(database, service), await waiting(database, service)
    await finish_by_code(database, service, used, recovery[0])
    async with database.work(SYSTEM) as work:
        await work.session.execute(update(PendingSignIn).values(expires_at=work.ctx.now - timedelta(seconds=1)))
    for token in (late, used, "", "\ud800"):
        with pytest.raises(Problem, match=r"sign-in\.begin-again"):
            await finish_by_code(database, service, token, recovery[1])
        with pytest.raises(Problem, match=r"sign-in\.begin-again"):
            await find_waiting(database, token)
    assert timedelta(minutes=10) == WAITS


@pytest.mark.parametrize(
    "role", [Role.CENTRE, Role.SUPERVISOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN]
)
async def test_outside_the_demonstration_staff_set_one_up_before_the_first_session(
    real: Database, service: KeyService, role: Role
) -> None:
    await a_person(real, role)
    begun = await begin_sign_in(real, service, "wang", PASSWORD)
    assert begun.then is Next.ENROL
    enrolling = (await find_waiting(real, begun.token)).enrolling
    assert enrolling is not None
    with pytest.raises(Problem, match=r"sign-in\.begin-again"):
        await finish_by_code(real, service, begun.token, "000000")
    with pytest.raises(Problem, match=r"second-factor\.code"):
        await finish_enrolment(real, service, begun.token, "0")
    code = await code_now(real, secret_of(service, enrolling))
    session, recovery = await finish_enrolment(real, service, begun.token, code)
    found = await find_session(real, session, utc_now())
    assert found is not None and found.actor.role == role
    assert len(recovery) == codes.RECOVERY_CODES
    assert (await begin_sign_in(real, service, "wang", PASSWORD)).then is Next.PROVE


async def test_in_the_demonstration_staff_may_leave_it_out_and_others_everywhere(
    database: Database, real: Database, service: KeyService
) -> None:
    await a_person(database)
    assert (await begin_sign_in(database, service, "wang", PASSWORD)).then is Next.OPEN
    await a_person(real, Role.JUDGE, "li")
    assert (await begin_sign_in(real, service, "li", PASSWORD)).then is Next.OPEN


async def test_a_role_of_staff_given_later_is_not_chosen_without_it(real: Database, service: KeyService) -> None:
    account = await a_person(real, Role.JUDGE)
    token = (await begin_sign_in(real, service, "wang", PASSWORD)).token
    async with real.work(SYSTEM) as work:
        membership = await grant(work, account.id, Role.CENTRE, REGION)
    found = await find_session(real, token, utc_now())
    assert found is not None
    with pytest.raises(Problem, match=r"second-factor\.needed"):
        async with real.work(found.actor) as work:
            await choose_membership(work, found, membership.id)


async def test_staff_keep_at_least_one_outside_the_demonstration(
    real: Database, database: Database, service: KeyService
) -> None:
    for platform, refused in ((real, True), (database, False)):
        account = await a_person(platform, login="wang" if refused else "li")
        actor = Actor(account.id, Role.CENTRE)
        await with_generator(platform, service, account)
        async with platform.reading() as session:
            only = await session.scalar(select(Authenticator.id).where(Authenticator.account == account.id))
        assert only is not None
        if refused:
            with pytest.raises(Problem, match=r"second-factor\.last"):
                async with platform.work(actor) as work:
                    await remove(work, only)
        else:
            async with platform.work(actor) as work:
                await remove(work, only)
            async with platform.reading() as session:
                own = select(RecoveryCode).where(RecoveryCode.account == account.id)
                assert (await session.scalars(own)).all() == []
        with pytest.raises(Problem, match=r"second-factor\.unknown"):
            async with platform.work(Actor("another", Role.CENTRE)) as work:
                await remove(work, only)


async def test_a_program_sends_the_code_along(database: Database, service: KeyService) -> None:
    secret, _ = await with_generator(database, service, await a_person(database))
    with pytest.raises(Problem, match=r"sign-in\.code-needed"):
        await sign_in_by_program(database, service, "wang", PASSWORD, "")
    with pytest.raises(Problem, match=r"sign-in\.code-needed"):
        await sign_in(database, "wang", PASSWORD)
    assert await sign_in_by_program(database, service, "wang", PASSWORD, await code_now(database, secret))


async def test_a_program_cannot_skip_the_setting_up(real: Database, service: KeyService) -> None:
    await a_person(real)
    with pytest.raises(Problem, match=r"sign-in\.enrol-first"):
        await sign_in_by_program(real, service, "wang", PASSWORD, "000000")


@pytest.mark.parametrize(("kind", "name"), [("sms", "x"), ("totp", " "), ("totp", "x" * 61)])
async def test_what_is_no_second_factor_is_refused(
    database: Database, service: KeyService, kind: str, name: str
) -> None:
    account = await a_person(database)
    with pytest.raises(Problem, match=r"second-factor\."):
        async with database.work(Actor(account.id, Role.CENTRE)) as work:
            await begin(work, service, account.id, kind, name)


async def test_the_database_holds_no_secret_and_no_recovery_code(database: Database, service: KeyService) -> None:
    secret, recovery = await with_generator(database, service, await a_person(database))
    async with database.reading() as session:
        wrapped = await session.scalar(select(Authenticator.secret))
        kept = (await session.scalars(select(RecoveryCode.code_hash))).all()
    assert wrapped is not None and secret not in wrapped
    assert not any(code.encode() in row or code.replace("-", "").encode() in row for row in kept for code in recovery)


async def test_a_passkey_opens_the_session_and_its_answer_serves_no_second_time(
    database: Database, service: KeyService
) -> None:
    account, passkey = await a_person(database), VirtualPasskey(SITE)
    async with database.work(Actor(account.id, Role.CENTRE)) as work:
        made = await begin(work, service, account.id, "passkey", "钥匙")
        await confirm_passkey(work, service, made, SITE, passkey.create(secret_of(service, made)))
    token, second = await waiting(database, service), await waiting(database, service)
    answer = passkey.get((await find_waiting(database, token)).challenge)
    for wrong in (second, token):
        if wrong == second:
            with pytest.raises(Problem, match=r"second-factor\.passkey"):
                await finish_by_passkey(database, service, second, SITE, answer)
        else:
            assert await finish_by_passkey(database, service, token, SITE, answer)
    with pytest.raises(Problem, match=r"sign-in\.begin-again"):
        await finish_by_passkey(database, service, token, SITE, answer)


@pytest.mark.parametrize("fault", ["origin", "challenge", "stranger", "signature", "json", "long"])
async def test_a_passkeys_answer_that_proves_nothing_is_refused(
    database: Database, service: KeyService, fault: str
) -> None:
    account, passkey = await a_person(database), VirtualPasskey(SITE)
    async with database.work(Actor(account.id, Role.CENTRE)) as work:
        made = await begin(work, service, account.id, "passkey", "钥匙")
        await confirm_passkey(work, service, made, SITE, passkey.create(secret_of(service, made)))
    token = await waiting(database, service)
    challenge = (await find_waiting(database, token)).challenge
    answer = {
        "origin": lambda: passkey.get(challenge, origin="https://evil.test"),
        "challenge": lambda: passkey.get(bytes(32)),
        "stranger": lambda: VirtualPasskey(SITE).get(challenge),
        "signature": lambda: passkey.get(challenge, spoiled=True),
        "json": lambda: json.dumps([1, 2]),
        "long": lambda: "x" * 20_000,
    }[fault]()
    with pytest.raises(Problem, match=r"second-factor\.passkey"):
        await finish_by_passkey(database, service, token, SITE, answer)


@pytest.mark.parametrize(
    ("origin", "host", "found"),
    [
        ("https://hall.test", "hall.test", "hall.test"),
        ("https://hall.test", "evil.test", None),
        ("https://hall.test", "localhost", None),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", None),
        ("http://127.0.0.1:8000", "localhost:8000", "localhost"),
        ("http://[::1]:8000", "[::1]:8000", None),
    ],
)
def test_passkeys_belong_to_the_configured_name_and_to_no_bare_address(
    origin: str, host: str, found: str | None
) -> None:
    party = party_of(origin, host)
    assert (party.host if party else None) == found


@given(st.integers(0, 2**40), st.integers(-40, 40))
def test_a_code_fits_its_own_step_and_its_neighbours(step: int, shift: int) -> None:
    secret = bytes(range(20))
    at = NOW + timedelta(seconds=30 * (step % 100_000))
    fitting = codes.fitting_step(secret, code_at(secret, at), at + timedelta(seconds=30 * shift))
    own = int(at.timestamp()) // codes.STEP
    assert fitting == own if abs(shift) <= 1 else fitting != own


def test_the_codes_are_those_of_rfc_6238() -> None:
    secret = b"12345678901234567890"
    for seconds, digits in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        at = datetime.fromtimestamp(seconds, UTC)
        assert codes.fitting_step(secret, digits, at) == seconds // codes.STEP
