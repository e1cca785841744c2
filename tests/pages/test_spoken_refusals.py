"""What is told to scripts and programs is told in the language that whoever asks reads."""

import httpx
import pytest

from web.i18n import Language
from web.speaking import language_for

HERE = {"host": "portal.test"}


@pytest.mark.parametrize(
    ("path", "headers", "language"),
    [
        ("/api/session", {}, Language.ZH),
        ("/en/bids", {}, Language.EN),
        ("/en/bids", {"referer": "http://portal.test/bids", "accept-language": "zh"}, Language.EN),
        ("/api/bids", {"referer": "http://portal.test/en/bids", "cookie": "openhall_language=zh"}, Language.EN),
        ("/api/bids", {"referer": "http://portal.test/bids", "accept-language": "en-US,en;q=0.9"}, Language.ZH),
        ("/api/bids", {"referer": "http://elsewhere.test/en/bids"}, Language.ZH),
        (
            "/api/bids",
            {"referer": "http://portal.test/static/1/js/seal/worker.js", "accept-language": "en"},
            Language.EN,
        ),
        ("/api/bids", {"referer": "http://[", "accept-language": "en"}, Language.EN),
        ("/api/bids", {"cookie": "a=b; openhall_language=en", "accept-language": "zh-CN"}, Language.EN),
        ("/api/bids", {"cookie": "openhall_language=xx", "accept-language": "en"}, Language.EN),
        ("/api/bids", {"accept-language": "fr, en;q=0.4, zh;q=0.8"}, Language.ZH),
        ("/api/bids", {"accept-language": "de;q=x, en;q=0, fr"}, Language.ZH),
        ("/api/bids", {"accept-language": "EN-gb"}, Language.EN),
    ],
)
def test_the_address_the_page_the_choice_and_the_browser_tell_the_language_in_this_order(
    path: str, headers: dict[str, str], language: Language
) -> None:
    assert language_for(path, HERE | headers) is language


@pytest.mark.parametrize(
    ("headers", "title"),
    [
        ({}, "登录名或密码不正确。"),
        ({"accept-language": "en-GB,en;q=0.8"}, "Login or password is not right."),
        ({"cookie": "openhall_language=en"}, "Login or password is not right."),
        ({"referer": "http://portal.test/en/login"}, "Login or password is not right."),
    ],
)
async def test_a_programs_refusal_speaks_that_language(
    visitor: httpx.AsyncClient, headers: dict[str, str], title: str
) -> None:
    given = {"login": f"nobody-{abs(hash(title))}", "password": "not the password"}
    answer = await visitor.post("/api/session", json=given, headers=headers)
    assert (answer.status_code, answer.json()["title"]) == (401, title)
    assert answer.headers["content-language"] == ("en" if title.isascii() else "zh-CN")


async def test_a_script_of_an_english_page_reads_english(visitor: httpx.AsyncClient) -> None:
    headers = {"accept": "application/json", "referer": "http://portal.test/en/bids"}
    answer = await visitor.get("/api/signing-keys", headers=headers)
    assert answer.json()["title"] == "This needs a signed-in account."
    nowhere = await visitor.get("/en/nowhere", headers={"accept": "application/json"})
    assert nowhere.json()["title"] == "There is no such page."
