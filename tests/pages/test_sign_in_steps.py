"""Signing in by two steps, one's own keys and password; and typed input that outlives a session (ux.md §5, 1)."""

import re
from collections.abc import AsyncIterator

import httpx
import pyotp
import pytest
import pytest_asyncio
from registration_scene import ORIGIN, PASSWORD, TOKEN, Desk, Visitor, an_application, at_the_desk, in_days
from sqlalchemy import update

from infra.auth.second_factor.tables import Authenticator
from infra.auth.signing import possession
from infra.auth.tables import WebSession
from infra.crypto.sign import new_p256, p256_public, sign_p256
from infra.db.work import Database
from infra.edge import random_bytes
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM
from infra.settings import DatabaseAddress

pytestmark = pytest.mark.soak

SECRET = re.compile(r'class="mono secret"[^>]*>([A-Z2-7 ]+)<')


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    async with at_the_desk(database) as found:
        yield found


@pytest_asyncio.fixture
async def real_desk(fresh_database: DatabaseAddress) -> AsyncIterator[Desk]:
    """The desk of a platform that is no demonstration; its clerk has set a second factor up."""
    opened = Database(fresh_database.sqlalchemy, mode="production")
    async with at_the_desk(opened, mode="production", clerk=False) as found:
        yield found
    await opened.close()


async def with_generator(visitor: Visitor) -> pyotp.TOTP:
    """Set a code generator up on the account's page; the step just used counts as long past."""
    told = {"kind": "totp", "factor_name": "手机", "password_add": PASSWORD}
    answer = await visitor.post("/account/second-factors", told, "/account")
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]
    generator = generator_of(await visitor.get(path))
    shown = await visitor.post(path, {"one_time_code": generator.now()})
    assert shown.status_code in (200, 303) and "恢复码" in shown.text
    return generator


def generator_of(page: httpx.Response) -> pyotp.TOTP:
    found = SECRET.search(page.text)
    assert found and "<svg" in page.text
    return pyotp.TOTP(found[1].replace(" ", ""))


async def let_codes_come_again(desk: Desk) -> None:
    """As if the last code had been used long ago."""
    async with desk.database.work(SYSTEM) as work:
        await work.session.execute(update(Authenticator).values(counter=0))


async def session_over(desk: Desk) -> None:
    """Every session has been idle for too long."""
    async with desk.database.work(SYSTEM) as work:
        await work.session.execute(update(WebSession).values(last_seen=work.ctx.now.replace(year=2025)))


async def posted_late(visitor: Visitor, path: str, told: dict[str, str], desk: Desk) -> str:
    """A form sent after the session had ended; where the answer leads."""
    token = TOKEN.search((await visitor.get(path)).text)
    assert token
    await session_over(desk)
    answer = await visitor.http.post(
        path, data={"form_token": token[1], **told}, headers={"referer": f"{ORIGIN}{path}"}
    )
    assert answer.status_code == 303
    return httpx.URL(answer.headers["location"]).params["next"]


async def test_requirement_01_what_was_typed_comes_back_after_signing_in_again(desk: Desk) -> None:
    body = await desk.a_body()
    back = await posted_late(body, "/company/change", an_application(address="再次填写的地址", password="x" * 20), desk)
    answer = await body.sign_in("zhao", next=back)
    assert answer.headers["location"] == back
    page = (await body.get(back)).text
    assert 'value="再次填写的地址"' in page and "您已重新登录" in page
    assert "x" * 20 not in page


async def test_requirement_01_what_was_typed_comes_back_through_two_factors(desk: Desk) -> None:
    body = await desk.a_body()
    generator = await with_generator(body)
    await let_codes_come_again(desk)
    back = await posted_late(body, "/company/change", an_application(address="再次填写的地址"), desk)
    second = (await body.sign_in("zhao", next=back)).headers["location"]
    assert second.startswith("/login/second-factor")
    wrong = await body.post(second, {"one_time_code": "000", "next": back})
    assert wrong.status_code == 422 and 'name="next" value="/company/change?kept=' in wrong.text
    answer = await body.post(second, {"one_time_code": generator.now(), "next": back})
    assert answer.headers["location"] == back
    assert 'value="再次填写的地址"' in (await body.get(back)).text


async def test_requirement_01_nobody_else_gets_what_was_typed(desk: Desk) -> None:
    body = await desk.a_body()
    await desk.a_body("rival")
    back = await posted_late(body, "/company/change", an_application(address="只有我知道"), desk)
    rival = await desk.visitor("rival")
    assert "只有我知道" not in (await rival.get(back)).text
    stranger = await desk.stranger()
    assert "只有我知道" not in (await stranger.get(back)).text
    assert "只有我知道" not in (await stranger.get(back.replace("/company/change", "/register"))).text


async def test_requirement_01_passwords_and_codes_are_not_kept(desk: Desk) -> None:
    body = await desk.a_body()
    told = {"name": "钱工", "login": "qian", "password": "very-secret-word", "role": "bidder", "scope": "投标"}
    token = TOKEN.search((await body.get("/company/people/new")).text)
    assert token
    await session_over(desk)
    late = {"form_token": token[1], "until": in_days(9), "one_time_code": "123456", **told}
    answer = await body.http.post("/company/people", data=late, headers={"referer": f"{ORIGIN}/company/people/new"})
    back = httpx.URL(answer.headers["location"]).params["next"]
    await body.sign_in("zhao", next=back)
    page = (await body.get(back)).text
    assert 'value="钱工"' in page and "very-secret-word" not in page and "123456" not in page


async def test_the_second_step_cannot_be_left_out(desk: Desk) -> None:
    body = await desk.a_body()
    generator = await with_generator(body)
    visitor = await desk.stranger()
    answer = await visitor.sign_in("zhao")
    assert "openhall_session" not in visitor.http.cookies
    assert (await visitor.get("/company")).status_code == 303
    assert (await visitor.get(answer.headers["location"])).headers["cache-control"] == "no-store"
    await let_codes_come_again(desk)
    done = await visitor.post("/login/second-factor", {"one_time_code": generator.now()})
    assert done.headers["location"] == "/desk"
    assert "openhall_pending" not in visitor.http.cookies
    assert (await visitor.get("/company")).status_code == 200


async def test_without_a_sign_in_that_waits_the_second_step_leads_to_the_first(desk: Desk) -> None:
    visitor = await desk.stranger()
    for path in ("/login/second-factor", "/login/enrolment"):
        answer = await visitor.get(path + "?next=%2Fnotices%3Fkind%3Daward")
        assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fnotices%3Fkind%3Daward")
    assert (await visitor.get("/en/login/second-factor?next=//evil.test")).headers["location"] == "/en/login"


async def test_staff_set_it_up_at_the_first_sign_in_and_get_recovery_codes_once(real_desk: Desk) -> None:
    await real_desk.a_clerk("clerk")
    visitor = await real_desk.stranger()
    step = (await visitor.sign_in("clerk", next="/centre/registrations")).headers["location"]
    assert step == "/login/enrolment?next=%2Fcentre%2Fregistrations"
    generator = generator_of(await visitor.get(step))
    told = {"next": "/centre/registrations"}
    assert (await visitor.post(step, {"one_time_code": "1", **told})).status_code == 422
    shown = await visitor.post(step, {"one_time_code": generator.now(), **told})
    assert len(re.findall(r"<li>\w{5}-\w{5}</li>", shown.text)) == 10
    assert 'href="/centre/registrations"' in shown.text
    assert (await visitor.get("/centre/registrations")).status_code == 200
    again = await real_desk.stranger()
    assert (await again.sign_in("clerk")).headers["location"].startswith("/login/second-factor")


async def test_in_the_demonstration_staff_are_told_what_they_leave_out(desk: Desk) -> None:
    text = (await (await desk.clerk()).get("/account")).text
    assert "在正式环境中，您的角色必须通过双重验证才能登录" in text


async def test_adding_and_taking_away_asks_for_the_password(desk: Desk) -> None:
    body = await desk.a_body()
    told = {"kind": "totp", "factor_name": "手机", "password_add": "wrong-password"}
    answer = await body.post("/account/second-factors", told, "/account")
    assert answer.status_code == 401 and "登录名或密码不正确" in answer.text
    await with_generator(body)
    [factor] = set(re.findall(r"second-factors/(factor-\w+)/removal", (await body.get("/account")).text))
    path = f"/account/second-factors/{factor}/removal"
    wrong = await body.post(path, {f"password_{factor}": "wrong-password"}, "/account")
    assert wrong.status_code == 401
    assert (await body.post(path, {f"password_{factor}": PASSWORD}, "/account")).status_code == 303
    assert "未设置" in (await body.get("/account")).text


async def test_a_passkey_is_not_offered_at_a_bare_address_and_a_strangers_setting_up_is_unknown(desk: Desk) -> None:
    body, rival = await desk.a_body(), await desk.a_body("rival")
    told = {"kind": "passkey", "factor_name": "钥匙", "password_add": PASSWORD}
    path = (await body.post("/account/second-factors", told, "/account")).headers["location"]
    assert "<pass-key" in (await body.get(path)).text
    assert (await rival.get(path)).status_code == 404
    token = TOKEN.search((await rival.get("/account")).text)
    assert token
    bare = {"form_token": token[1], **told}
    answer = await rival.http.post("/account/second-factors", data=bare, headers={"host": "10.0.0.1"})
    assert answer.status_code == 409


async def test_another_password_ends_the_other_sessions(desk: Desk) -> None:
    body = await desk.a_body()
    elsewhere = await desk.visitor("zhao")
    told = {"password_old": PASSWORD, "password_new": "another-long-password"}
    assert (await body.post("/account/password", told | {"password_new": "short"}, "/account")).status_code == 422
    assert (await body.post("/account/password", told | {"password_old": "no"}, "/account")).status_code == 401
    assert (await body.post("/account/password", told, "/account")).status_code == 303
    assert (await body.get("/company")).status_code == 200
    assert (await elsewhere.get("/company")).status_code == 303
    assert (await (await desk.stranger()).sign_in("zhao", "another-long-password")).status_code == 303


async def test_a_key_is_certified_shown_revoked_and_replaced(desk: Desk) -> None:
    body, rival = await desk.a_body(), await desk.a_body("rival")
    token = TOKEN.search((await body.get("/account")).text)
    assert token
    headers = {"x-csrf-token": token[1]}
    account = (await body.http.get("/api/signing-keys")).json()["account"]
    private = new_p256(random_bytes)
    public = p256_public(private)
    told = {"public_key": b64(public), "proof": b64(sign_p256(private, possession(account, public)))}
    refused = await body.http.post("/api/signing-keys", json=told | {"place": "cloud"}, headers=headers)
    assert refused.json()["code"] == "signing.place"
    refused = await body.http.post("/api/signing-keys", json=told | {"proof": b64(bytes(64))}, headers=headers)
    assert refused.json()["code"] == "signing.no-proof"
    assert (await body.http.post("/api/signing-keys", json=told)).status_code == 403, "a script sends the form token"
    made = await body.http.post("/api/signing-keys", json=told | {"place": "browser"}, headers=headers)
    assert made.status_code == 201 and made.json()["certificate"]
    path = f"/account/keys/{made.json()['id']}/revocation"
    assert "浏览器内" in (await body.get("/company")).text
    assert "此前用它签名递交的投标文件仍然有效" in (await body.get(path)).text
    assert (await rival.get(path)).status_code == 404
    assert (await body.post(path, {"reason": "bored"})).status_code == 422
    assert (await body.post(path, {"reason": "lost"})).status_code == 303
    assert "已注销" in (await body.get("/account")).text
    again = await body.http.post("/api/signing-keys", json=told, headers=headers)
    assert again.json()["code"] == "signing.known"


async def test_a_program_signs_in_with_the_code_too(desk: Desk) -> None:
    body = await desk.a_body()
    generator = await with_generator(body)
    await let_codes_come_again(desk)
    program = (await desk.stranger()).http
    told = {"login": "zhao", "password": PASSWORD}
    assert (await program.post("/api/session", json=told)).json()["code"] == "sign-in.code-needed"
    answer = await program.post("/api/session", json=told | {"code": generator.now()})
    assert answer.status_code == 201 and answer.json()["token"]
