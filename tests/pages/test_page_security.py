"""What protects the pages: headers, form tokens, audiences, cookies."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_reading import signed_in, token_of
from page_site import Site
from portal import PASSWORD

from infra.settings import Settings
from web.security import CONTENT_POLICY, form_token, header_writer, session_cookie, token_fits
from web.visit import local_path

STRICT = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
PATHS = (
    "/",
    "/en",
    "/notices",
    "/notices.csv",
    "/login",
    "/account",
    "/nowhere",
    "/broken",
    "/time",
    "/healthz",
    "/api/x",
)


def test_the_content_policy_is_the_strict_one() -> None:
    assert CONTENT_POLICY == STRICT


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_carries_the_security_headers(visitor: httpx.AsyncClient, path: str) -> None:
    answer = await visitor.get(path)
    assert answer.headers["content-security-policy"] == STRICT
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize("secure", [True, False])
async def test_https_is_insisted_on_only_where_it_is_used(secure: bool) -> None:
    message = {"type": "http.response.start", "status": 200, "headers": []}
    await header_writer(secure)(message, {})  # type: ignore[arg-type]
    names = {name.decode().lower() for name, _ in message["headers"]}  # type: ignore[union-attr]
    assert ("strict-transport-security" in names) is secure
    cookie = session_cookie("token", secure).to_header(header="")
    assert ("Secure" in cookie) is secure
    assert cookie.startswith("__Host-") is secure
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


@given(st.text(min_size=1, max_size=64), st.text(min_size=1, max_size=64))
def test_a_form_token_fits_its_own_key_alone_and_is_never_twice_the_same(key: str, other: str) -> None:
    token = form_token(key)
    assert token_fits(token, key)
    assert token_fits(token, other) is (key == other)
    assert token != form_token(key)


@given(st.text(max_size=120))
def test_what_is_no_token_is_refused_without_an_error(text: str) -> None:
    assert not token_fits(text, "key")


@given(
    st.text(max_size=60) | st.sampled_from(["//evil", "/\\evil", "https://evil", "/\t/evil", "javascript:x", "/ok?a=b"])
)
def test_one_is_never_led_to_a_foreign_site(target: str) -> None:
    path = local_path(target)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert not any(ord(sign) < 33 for sign in path)


async def test_signing_in_without_a_token_is_refused(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/login", data={"login": "bidder", "password": PASSWORD})
    assert answer.status_code == 403
    assert "form.token" in answer.text


async def test_a_token_of_another_visitor_is_refused(site: Site, visitor: httpx.AsyncClient) -> None:
    async with site.visitor() as other:
        stolen = token_of(await other.get("/login"))
    await visitor.get("/login")
    answer = await visitor.post("/login", data={"form_token": stolen, "login": "bidder", "password": PASSWORD})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers", [{"origin": "http://evil.test"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
async def test_a_form_sent_by_another_site_is_refused(visitor: httpx.AsyncClient, headers: dict[str, str]) -> None:
    token = token_of(await visitor.get("/login"))
    data = {"form_token": token, "login": "bidder", "password": PASSWORD}
    answer = await visitor.post("/login", data=data, headers=headers)
    assert answer.status_code == 403
    assert "form.foreign-origin" in answer.text


async def test_a_token_of_before_signing_in_is_worthless_afterwards(visitor: httpx.AsyncClient) -> None:
    old = token_of(await visitor.get("/login"))
    await signed_in(visitor)
    assert (await visitor.post("/logout", data={"form_token": old})).status_code == 403
    assert (await visitor.get("/account")).status_code == 200


async def test_a_script_may_send_the_token_in_a_header(visitor: httpx.AsyncClient) -> None:
    await signed_in(visitor)
    token = token_of(await visitor.get("/account"))
    answer = await visitor.post("/logout", headers={"x-csrf-token": token})
    assert answer.status_code == 303


async def test_a_program_signs_in_and_acts_by_its_bearer_token_alone(visitor: httpx.AsyncClient) -> None:
    opened = await visitor.post("/api/session", json={"login": "bidder", "password": PASSWORD})
    assert opened.status_code == 201
    assert "set-cookie" not in opened.headers
    bearer = {"authorization": f"Bearer {opened.json()['token']}"}
    assert (await visitor.get("/account", headers=bearer)).status_code == 200
    assert (await visitor.post("/logout", headers=bearer)).status_code == 303
    assert (await visitor.get("/account", headers=bearer)).status_code == 303


async def test_a_session_cookie_on_the_programs_interface_needs_a_token(visitor: httpx.AsyncClient) -> None:
    await signed_in(visitor)
    answer = await visitor.post("/api/session", json={"login": "bidder", "password": PASSWORD})
    assert answer.status_code == 403
    assert answer.json()["code"] == "form.token"


async def test_a_stranger_is_led_to_sign_in_and_back(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/en/account?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/en/login?next=%2Faccount%3Fx%3D1"


async def test_a_role_without_the_right_is_told_so(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/bench")).status_code == 303
    await signed_in(visitor)
    answer = await visitor.get("/bench")
    assert answer.status_code == 403
    assert "page.not-yours" in answer.text
    assert "marks" not in answer.text


async def test_a_program_without_a_session_is_told_401(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/bench", headers={"accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "session.needed"


def test_the_site_is_secure_when_its_origin_is(tmp_path_factory: pytest.TempPathFactory) -> None:
    from web.security import is_secure

    home = tmp_path_factory.getbasetemp()
    assert is_secure(Settings(home, origin="https://hall.example"))
    assert not is_secure(Settings(home))
