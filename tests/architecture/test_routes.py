"""Every address of the site says whom it is for."""

from pathlib import Path

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from infra.db.work import Database
from infra.kernel.context import Role
from infra.settings import Settings
from web.app import create_app
from web.security import AUDIENCES, SAFE
from web.state import Stack

OPEN_DOORS = {
    "/login",
    "/login/second-factor",
    "/login/enrolment",
    "/register",
    "/experts/application",
    "/experts/account",
    "/api/session",
    "/judge/slip",
    "/judge/seat",
    "/judge/return",
    "/judge/recusal",
    "/reply",
    "/reply/answer",
    "/demo/phones/card",
    "/sections/{tender:str}/{number:str}/subscription",
    "/subscriptions/{subscription:str}/{token:str}",
    "/subscriptions/{subscription:str}/{token:str}/end",
}
"""What somebody without a session may send: signing in, in its steps, an application for registration, a subscription."""


@pytest.fixture(scope="module")
def app() -> Litestar:
    return create_app(Stack(Settings(Path("unused")), Database("postgresql+asyncpg://nobody@127.0.0.1:1/none")))


def handlers(app: Litestar) -> list[tuple[str, HTTPRouteHandler]]:
    return [(route.path, one) for route in app.routes if isinstance(route, HTTPRoute) for one in route.route_handlers]


def told(path: str, handler: HTTPRouteHandler) -> str:
    return f"{'/'.join(sorted(handler.http_methods))} {path}"


def is_ours(handler: HTTPRouteHandler) -> bool:
    """Litestar answers OPTIONS by itself."""
    return set(map(str, handler.http_methods)) != {"OPTIONS"}


def test_every_route_declares_its_audience(app: Litestar) -> None:
    silent = [told(path, one) for path, one in handlers(app) if is_ours(one) and "audience" not in one.opt]
    assert silent == []


def test_every_declared_audience_is_known(app: Litestar) -> None:
    for path, one in handlers(app):
        if is_ours(one):
            declared = one.opt["audience"]
            named = {declared} if isinstance(declared, str) else set(declared)
            assert named, told(path, one)
            assert named <= AUDIENCES, told(path, one)


def test_nobody_acts_as_the_system_through_the_web() -> None:
    assert Role.SYSTEM not in AUDIENCES


def test_only_signing_in_and_applying_changes_something_for_the_public(app: Litestar) -> None:
    open_doors = {
        path
        for path, one in handlers(app)
        if one.opt.get("audience") == "public" and not one.opt.get("signed") and set(one.http_methods) - SAFE
    }
    assert {path.removeprefix("/en") for path in open_doors} <= OPEN_DOORS


def test_every_page_stands_in_both_languages(app: Litestar) -> None:
    paths = {route.path for route in app.routes if isinstance(route, HTTPRoute)}
    english = {path.removeprefix("/en") or "/" for path in paths if path == "/en" or path.startswith("/en/")}
    plain = {path for path in paths if not path.startswith("/en")}
    files = ("checkpoint", "policy.txt", "tile/", "events/", "tokens", "proofs/", "periods.json", "bundles.json")
    neither = ("/api/", "/live/", *(f"/log/{name}" for name in files), "/static/", "/healthz", "/time", "/preferences")
    assert english == {path for path in plain if not path.startswith(neither)}
