"""Reading pages in tests: the form token, signing in."""

import re

import httpx
from portal import PASSWORD

TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


def token_of(answer: httpx.Response) -> str:
    """The form token of a page."""
    found = TOKEN.search(answer.text)
    assert found
    return found[1]


async def signed_in(visitor: httpx.AsyncClient, login: str = "bidder", **fields: str) -> httpx.Response:
    """Sign in by the form; the answer of the form."""
    token = token_of(await visitor.get("/login"))
    return await visitor.post("/login", data={"form_token": token, "login": login, "password": PASSWORD, **fields})
