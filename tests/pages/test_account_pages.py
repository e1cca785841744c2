"""Signing in and out, choosing a role, and what the page keeps meanwhile."""

import httpx
import pytest
from page_reading import signed_in, token_of

pytestmark = pytest.mark.soak


async def test_signing_in_leads_on_to_where_one_wanted_to_go(visitor: httpx.AsyncClient) -> None:
    answer = await signed_in(visitor, next="/notices?kind=award")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/notices?kind=award"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


@pytest.mark.parametrize("target", ["//evil.test/", "https://evil.test/", "/\\evil.test"])
async def test_signing_in_never_leads_to_another_site(visitor: httpx.AsyncClient, target: str) -> None:
    assert (await signed_in(visitor, next=target)).headers["location"] == "/desk"


async def test_a_wrong_password_shows_the_form_again_with_a_focused_summary_and_the_login_kept(
    visitor: httpx.AsyncClient,
) -> None:
    token = token_of(await visitor.get("/en/login"))
    data = {"form_token": token, "login": "nobody-here", "password": "not the password", "next": "/notices"}
    answer = await visitor.post("/en/login", data=data)
    assert answer.status_code in (401, 403, 422)
    assert 'role="alert" tabindex="-1" autofocus' in answer.text
    assert 'value="nobody-here"' in answer.text
    assert "not the password" not in answer.text
    assert 'name="next" value="/notices"' in answer.text


async def test_whoever_is_signed_in_sees_name_body_and_role(visitor: httpx.AsyncClient) -> None:
    await signed_in(visitor)
    text = (await visitor.get("/account")).text
    assert "王工" in text
    assert "云湖建工集团有限公司" in text
    assert "投标人" in text


async def test_pages_of_a_signed_in_person_are_kept_by_nobody(visitor: httpx.AsyncClient) -> None:
    await signed_in(visitor)
    assert (await visitor.get("/")).headers["cache-control"] == "no-store"


async def test_a_person_with_two_roles_acts_in_the_one_chosen_under_a_new_token(visitor: httpx.AsyncClient) -> None:
    await signed_in(visitor, "agent")
    page = await visitor.get("/account")
    assert "尚未选择" in page.text
    membership = page.text.split('name="membership" value="')[1].split('"')[0]
    before = visitor.cookies["openhall_session"]
    answer = await visitor.post("/account/role", data={"form_token": token_of(page), "membership": membership})
    assert answer.status_code == 303
    assert visitor.cookies["openhall_session"] != before
    assert "尚未选择" not in (await visitor.get("/account")).text


async def test_a_role_of_somebody_else_cannot_be_chosen(visitor: httpx.AsyncClient) -> None:
    await signed_in(visitor)
    token = token_of(await visitor.get("/account"))
    answer = await visitor.post("/account/role", data={"form_token": token, "membership": "member-of-somebody"})
    assert answer.status_code == 404


async def test_after_signing_out_the_old_cookie_opens_nothing(visitor: httpx.AsyncClient) -> None:
    await signed_in(visitor)
    old = visitor.cookies["openhall_session"]
    token = token_of(await visitor.get("/account"))
    assert (await visitor.post("/logout", data={"form_token": token})).status_code == 303
    visitor.cookies.set("openhall_session", old)
    assert (await visitor.get("/account")).status_code == 303
