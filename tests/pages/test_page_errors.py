"""Refusals and failures: a sentence, a next step and an incident number; never the inside of the house."""

import logging
import re
from datetime import UTC, datetime

import httpx
import pytest
from page_reading import token_of

from infra.kernel.problems import Problem
from web.problems import explain

INCIDENT = re.compile(r"<b class=\"mono\">([2-9A-HJ-NP-Z]{10})</b>")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/nowhere", "没有这个页面"),
        ("/en/nowhere", "There is no such page"),
        ("/notices/notice-nothing", "notice.unknown"),
        ("/notices/%00", "<html"),
        ("/static/0/none.css", "没有这个页面"),
    ],
)
async def test_an_unknown_id_or_address_is_a_worded_404_with_an_incident_number(
    visitor: httpx.AsyncClient, path: str, words: str
) -> None:
    answer = await visitor.get(path)
    assert answer.status_code == 404
    assert words in answer.text
    assert INCIDENT.search(answer.text)


async def test_a_bug_tells_an_incident_number_that_stands_in_the_log_and_nothing_else(
    visitor: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "openhall.web"):
        answer = await visitor.get("/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    found = INCIDENT.search(answer.text)
    assert found
    assert found[1] in caplog.text
    assert "the secret of the house" in caplog.text


async def test_a_program_gets_problem_details(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/api/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert {"title", "status", "detail", "code", "incident"} <= set(answer.json())


async def test_a_wrong_method_is_told_with_the_allowed_ones(visitor: httpx.AsyncClient) -> None:
    token = token_of(await visitor.get("/login"))
    answer = await visitor.post("/notices", data={"form_token": token})
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert "request.method" in answer.text


async def test_a_form_that_is_no_form_is_refused_without_a_failure(visitor: httpx.AsyncClient) -> None:
    await visitor.get("/login")
    answer = await visitor.post("/login", content=b"{", headers={"content-type": "multipart/form-data"})
    assert 400 <= answer.status_code < 500


def test_a_point_in_time_in_a_refusal_is_told_in_platform_time() -> None:
    until = datetime(2026, 11, 22, 4, 56, 13, 142849, tzinfo=UTC)
    for language, told in (("zh", "2026-11-22 周日 12:56:13 UTC+8"), ("en", "Sun 22 Nov 2026, 12:56:13 UTC+8")):
        assert told in " ".join(explain(Problem("sign-in.locked", until=until), language)[1:])
