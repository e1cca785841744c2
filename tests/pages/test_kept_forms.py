"""Requirement 1 in its corners: the page that comes back is the one that showed the form, whatever happened in between."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio
from registration_scene import ORIGIN, PASSWORD, Desk, Visitor, at_the_desk, in_days
from sqlalchemy import update

from infra.auth.tables import WebSession
from infra.db.work import Database
from infra.kernel.context import SYSTEM

HIDDEN = re.compile(r'name="(form_token|form_page)" value="([^"]+)"')
PERSON = {"name": "钱工", "login": "qian", "password": PASSWORD, "role": "bidder", "scope": "投标"}


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    async with at_the_desk(database) as found:
        yield found


def hidden(page: httpx.Response, action: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to this address."""
    [form] = re.findall(rf'<form[^>]*action="{action}".*?</form>', page.text, re.S)
    return dict(HIDDEN.findall(form))


async def over(desk: Desk) -> None:
    """Every session has been idle for too long."""
    async with desk.database.work(SYSTEM) as work:
        await work.session.execute(update(WebSession).values(last_seen=work.ctx.now.replace(year=2025)))


async def back_again(visitor: Visitor, late: httpx.Response, login: str) -> httpx.Response:
    """The page to which signing in leads after a form came too late."""
    door = httpx.URL(late.headers["location"])
    told = {"login": login, "password": PASSWORD, "next": door.params["next"]}
    signed_in = await visitor.post(door.path, told)
    return await visitor.get(signed_in.headers["location"])


async def signed_in_anew(visitor: Visitor) -> None:
    """Another session in the same browser."""
    visitor.http.cookies.delete("openhall_session")
    assert (await visitor.sign_in("zhao")).status_code == 303


async def test_requirement_01_a_form_that_was_refused_before_the_session_ended_comes_back_on_its_own_page(
    desk: Desk,
) -> None:
    body = await desk.a_body()
    sent = {**PERSON, "until": "2020-01-01", **hidden(await body.get("/company/people/new"), "/company/people")}
    refused = await body.http.post("/company/people", data=sent)
    assert refused.status_code == 422
    again = {**PERSON, "until": in_days(9), **hidden(refused, "/company/people")}
    await over(desk)
    # The browser stands at the address that the form was sent to, which has no page of its own.
    late = await body.http.post("/company/people", data=again, headers={"referer": f"{ORIGIN}/company/people"})
    page = await back_again(body, late, "zhao")
    assert page.status_code == 200 and page.url.path == "/company/people/new"
    assert 'value="钱工"' in page.text and f'value="{in_days(9)}"' in page.text and "您已重新登录" in page.text


async def test_requirement_01_the_page_comes_back_with_its_query_in_its_language(desk: Desk) -> None:
    clerk = await desk.clerk()
    sent = hidden(await clerk.get("/en/centre/board?day=2026-12-24"), "/en/centre/board")
    await over(desk)
    late = await clerk.http.post("/en/centre/board", data={**sent, "name": "Hall 7", "kind": "opening-hall"})
    page = await back_again(clerk, late, "clerk")
    assert page.url.path == "/en/centre/board" and page.url.params["day"] == "2026-12-24"
    assert 'value="Hall 7"' in page.text


async def test_requirement_01_a_form_shown_before_one_signed_in_anew_elsewhere_is_filled_in_to_be_sent_once_more(
    desk: Desk,
) -> None:
    body = await desk.a_body()
    sent = {**PERSON, "until": in_days(9), **hidden(await body.get("/company/people/new"), "/company/people")}
    await signed_in_anew(body)
    late = await body.http.post("/company/people", data=sent, headers={"origin": ORIGIN})
    assert late.status_code == 303
    page = await body.get(late.headers["location"])
    assert 'value="钱工"' in page.text and PASSWORD not in page.text
    assert "钱工" not in (await body.get("/company")).text, "nothing was done"


async def test_a_stale_form_whose_origin_nobody_vouches_for_is_refused_and_fills_nothing_in(desk: Desk) -> None:
    body = await desk.a_body()
    sent = {**PERSON, **hidden(await body.get("/company/people/new"), "/company/people")}
    await signed_in_anew(body)
    assert (await body.http.post("/company/people", data=sent)).status_code == 403
    foreign = await body.http.post("/company/people", data=sent, headers={"origin": "https://evil.test"})
    assert foreign.status_code == 403 and "kept" not in foreign.headers.get("location", "")


async def test_a_form_leads_back_to_no_other_site(desk: Desk) -> None:
    body = await desk.a_body()
    sent = {**PERSON, **hidden(await body.get("/company/people/new"), "/company/people")}
    await over(desk)
    late = await body.http.post("/company/people", data=sent | {"form_page": "//evil.test/x"})
    assert httpx.URL(late.headers["location"]).params["next"].startswith("/company/people?kept=")
