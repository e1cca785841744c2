"""One address may not crowd out the others: what is refused, what never is, and how soon it is over."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.types import Receive, Scope, Send

from infra.kernel.problems import Problem
from infra.limits import Buckets, Limit
from infra.settings import Settings
from web.limits import PAGES, REGISTERING, SEARCHES, Limited, kind_of
from web.server import configured

FAR = ("203.0.113.5", 4000)


class Time:
    """A steady clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers with the client's address."""
    client = scope["client"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": (client[0] if client else "").encode(), "more_body": False})


Ask = Callable[..., Awaitable[httpx.Response]]


def asking(app: Limited, address: tuple[str, int] = FAR) -> Ask:
    """How one address asks this application."""

    async def ask(path: str, method: str = "GET", **more: object) -> httpx.Response:
        transport = httpx.ASGITransport(app, client=address)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **more)  # type: ignore[arg-type]

    return ask


async def test_registrations_beyond_the_limit_are_429_with_words_and_retry_after_and_pass_again_later() -> None:
    clock = Time()
    ask = asking(Limited(echo, clock))
    answers = [(await ask("/register", "POST")).status_code for _ in range(REGISTERING.burst + 1)]
    assert answers == [200] * REGISTERING.burst + [429]
    refused = await ask("/register", "POST", headers={"accept": "text/html"})
    assert refused.headers["retry-after"] == "30"
    assert "请求过于频繁" in refused.text and "请稍候再试" in refused.text
    assert re.search(r"事件编号 <b class=\"mono\">[2-9A-HJ-NP-Z]{10}</b>", refused.text)
    clock.now += 30
    assert (await ask("/register", "POST")).status_code == 200


async def test_a_program_gets_problem_details_in_its_language() -> None:
    ask = asking(Limited(echo, Time()))
    for _ in range(SEARCHES.burst):
        await ask("/en/notices?q=road")
    refused = await ask("/en/notices?q=road", headers={"accept": "application/json"})
    assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
    assert refused.json()["code"] == "request.too-many"
    assert refused.json()["title"] == "Too many requests." and len(refused.json()["incident"]) == 10
    assert refused.headers["content-security-policy"].startswith("default-src 'self'")


async def test_one_address_that_asks_too_much_holds_up_no_other_and_no_other_kind() -> None:
    app = Limited(echo, Time())
    greedy, other = asking(app), asking(app, ("203.0.113.6", 4000))
    while (await greedy("/notices.csv")).status_code == 200:
        pass
    assert (await greedy("/notices")).status_code == 200
    assert (await other("/notices.csv")).status_code == 200


async def test_neighbours_in_one_ipv6_network_count_together() -> None:
    app = Limited(echo, Time())
    one, other = asking(app, ("2001:db8::1", 1)), asking(app, ("2001:db8::ffff:2", 1))
    while (await one("/notices.csv")).status_code == 200:
        pass
    assert (await other("/notices.csv")).status_code == 429


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
async def test_this_very_machine_is_never_limited(address: str) -> None:
    ask = asking(Limited(echo, Time()), (address, 1))
    assert {(await ask("/register", "POST")).status_code for _ in range(2 * REGISTERING.burst)} == {200}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/api/bids/bid-1/parts/technical/blocks/7"),
        ("POST", "/api/trustees/exchange"),
        ("GET", "/static/abc/css/ui.css"),
        ("GET", "/time"),
    ],
)
def test_blocks_of_a_bid_trustees_and_the_clock_are_never_held_up(method: str, path: str) -> None:
    assert kind_of(method, path, b"").limit is None


def test_both_languages_count_as_the_same_kind() -> None:
    assert kind_of("POST", "/en/register", b"") == kind_of("POST", "/register", b"")
    assert kind_of("GET", "/en/notices", b"q=a") == kind_of("GET", "/notices", b"q=a")


def test_the_pages_of_the_portal_budget_fit_into_the_limits_of_one_address() -> None:
    assert min(PAGES.per_second, SEARCHES.per_second) >= 200


@given(st.lists(st.floats(0, 5), max_size=60), st.integers(1, 5), st.floats(0.1, 3))
def test_never_more_pass_than_the_burst_and_what_the_time_brought(pauses: list[float], burst: int, rate: float) -> None:
    buckets, now, passed = Buckets(), 0.0, 0
    for pause in pauses:
        now += pause
        passed += buckets.take("one", Limit(burst, rate), now) == 0
    assert passed <= burst + now * rate + 1e-6


def test_who_waits_as_long_as_told_may_pass() -> None:
    buckets, limit = Buckets(), Limit(2, 0.4)
    assert [buckets.take("one", limit, 0.0) for _ in range(4)] == [0, 0, 3, 3]
    assert buckets.take("one", limit, 3.0) == 0


def test_the_memory_of_addresses_is_bounded() -> None:
    buckets = Buckets(room=10)
    for number in range(1000):
        buckets.take(number, Limit(1, 1), 0.0)
    assert len(buckets) == 10


async def forwarded(proxies: tuple[str, ...], client: str) -> str:
    """The address that counts when `client` says it forwards for 198.51.100.7."""
    config = configured(echo, proxies)
    config.load()
    transport = httpx.ASGITransport(config.loaded_app, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as asked:
        return (await asked.get("/", headers={"x-forwarded-for": "198.51.100.7"})).text


@pytest.mark.parametrize(
    ("proxies", "client", "counts"),
    [
        ((), "127.0.0.1", "127.0.0.1"),
        ((), "10.0.0.2", "10.0.0.2"),
        (("10.0.0.2",), "10.0.0.2", "198.51.100.7"),
        (("10.0.0.0/24",), "10.0.0.9", "198.51.100.7"),
        (("10.0.0.2",), "10.0.0.3", "10.0.0.3"),
    ],
)
async def test_a_forwarded_address_counts_only_from_a_configured_proxy(
    proxies: tuple[str, ...], client: str, counts: str
) -> None:
    assert await forwarded(proxies, client) == counts


def test_proxies_are_read_from_the_environment_and_nonsense_is_refused() -> None:
    settings = Settings.from_environment(
        {"OPENHALL_PROXIES": "10.0.0.2, 10.1.0.0/16", "OPENHALL_HOME": str(Path.cwd())}
    )
    assert settings.proxies == ("10.0.0.2", "10.1.0.0/16")
    with pytest.raises(Problem, match=r"settings\.bad-proxy"):
        Settings.from_environment({"OPENHALL_PROXIES": "the balancer"})
