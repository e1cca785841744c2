"""Refusals and failures as answers: a page for people, problem details for programs, an incident number for both."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from litestar import Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from sqlalchemy.exc import DBAPIError

from infra.edge import random_bytes, utc_now
from infra.kernel.problems import Problem
from web.i18n import Language, language_of
from web.problems import explain
from web.render import page
from web.security import SAFE, TEXT, choice_path, sign_in_path
from web.speaking import language_for
from web.visit import AnyRequest, Visit

LOG = logging.getLogger("openhall.web")
BY_STATUS = {
    400: "request.bad",
    404: "page.unknown",
    405: "request.method",
    413: "request.too-large",
    429: "request.too-many",
    503: "service.unavailable",
}
NOTHING_KEPT = ("3D", "53", "57P03")
"""SQLSTATEs of a transaction that surely failed: no such database, no room or no free connection, still starting."""
BROKEN_OFF = ("08", "57")
"""SQLSTATE classes of a lost connection: a commit on its way may have arrived."""
GONE = "client disconnected prematurely"
"""What the framework says when a visitor goes away in the middle of a body: no fault of ours, and nobody reads the answer."""
RETRY_SECONDS = "5"
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Told:
    """An error as it is told: what happened, what to do, and the number to name when asking for help."""

    code: str
    status: int
    happened: str
    remedy: str
    incident: str


def incident_number() -> str:
    """Ten letters and digits that are easy to read over the telephone."""
    return "".join(_LETTERS[byte & 31] for byte in random_bytes(10))


def handlers(demo: bool) -> dict[type[Exception] | int, Callable[[AnyRequest, Any], Response[Any]]]:
    """The application's exception handlers: a Problem, an HTTP error of the framework, and any other failure."""

    def refused(request: AnyRequest, problem: Problem) -> Response[Any]:
        if problem.code == "session.needed" and not wants_json(request):
            return to_sign_in(request, str(problem.facts.get("back") or ""))
        if problem.code == "form.token" and problem.facts.get("back") and not wants_json(request):
            return lead_to(request, str(problem.facts["back"]))
        if problem.code == "session.choose-role" and request.method in SAFE and not wants_json(request):
            return lead_to(request, choice_path(request.url.path, request.url.query))
        return answer(request, problem, demo)

    def http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
        if error.status_code >= 500 and error.status_code != 503 and error.detail != GONE:
            return failed(request, error)
        code = BY_STATUS.get(error.status_code, "request.bad")
        response = answer(request, Problem(code, path=request.url.path), demo)
        response.headers.update(error.headers or {})
        return response

    def failed(request: AnyRequest, error: Exception) -> Response[Any]:
        incident = incident_number()
        LOG.error("incident %s: %s %s", incident, request.method, request.url.path, exc_info=error)
        try:
            if not come_again(request, error):
                return answer(request, Problem("service.failed"), demo, incident)
            response = answer(request, Problem("service.unavailable"), demo, incident)
            response.headers["Retry-After"] = RETRY_SECONDS
            return response
        except Exception:
            LOG.exception("incident %s: the error page failed too", incident)
            return Response(f"500 {incident}", status_code=500, media_type="text/plain")

    return {Problem: refused, HTTPException: http_error, Exception: failed}


def to_sign_in(request: AnyRequest, back: str) -> Response[Any]:
    """On to the sign-in page, and from there back to where the person was, with what was typed (`back`) filled in."""
    path, _, query = back.partition("?")
    if not back:
        path, query = _page_of(request)
    return lead_to(request, sign_in_path(path, query))


def _page_of(request: AnyRequest) -> tuple[str, str]:
    """Path and query of the page a request belongs to: of a form, the page it stood on, for its own address has none."""
    came_from = urlsplit(request.headers.get("referer", ""))
    if request.method in SAFE:
        return request.url.path, request.url.query
    if came_from.netloc == request.headers.get("host"):
        return came_from.path, came_from.query
    return request.url.path, ""


def lead_to(request: AnyRequest, target: str) -> Response[Any]:
    """On to another page, for a browser and for htmx."""
    if request.headers.get("hx-request"):
        return Response(None, status_code=401, headers={"HX-Redirect": target})
    return Redirect(target, status_code=303)


def come_again(request: AnyRequest, error: BaseException) -> bool:
    """Whether the database is away or has no room, and it is sure that nothing of the request was kept."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        lost = error.connection_invalidated or state.startswith(BROKEN_OFF)
        return state.startswith(NOTHING_KEPT) or (lost and request.method in ("GET", "HEAD"))
    # A template that is missing is an OSError too, and a fault of ours.
    return isinstance(error, OSError) and not isinstance(error, LookupError)


def wants_json(request: AnyRequest) -> bool:
    """Whether a program asks: the API, or a client that accepts JSON and not pages."""
    accept = request.headers.get("accept", "")
    return request.url.path.startswith("/api/") or ("json" in accept and "text/html" not in accept)


def answer(request: AnyRequest, problem: Problem, demo: bool, incident: str | None = None) -> Response[Any]:
    """A problem as a page or as `application/problem+json` (RFC 9457)."""
    visit, program = visit_of(request), wants_json(request)
    language = language_for(request.url.path, request.headers) if program else visit.language
    told = tell(problem, language, incident or incident_number())
    if incident is None:
        LOG.info("incident %s: %s %s refused: %s", told.incident, request.method, request.url.path, problem.code)
    if program:
        body = {
            "type": "about:blank",
            "title": told.happened,
            "status": told.status,
            "detail": told.remedy,
            "code": told.code,
            "incident": told.incident,
            "facts": {name: str(value) for name, value in problem.facts.items()},
        }
        headers = {"Cache-Control": "no-store", "Content-Language": language.tag}
        return Response(body, status_code=told.status, media_type="application/problem+json", headers=headers)
    return page(visit, "errors/problem.html", demo=demo, status=told.status, told=told)


def tell(problem: Problem, language: Language, incident: str) -> Told:
    """A problem in the words of a language."""
    status, happened, remedy = explain(problem, language)
    return Told(problem.code, status, happened, remedy, incident)


def visit_of(request: AnyRequest) -> Visit:
    """The visit that the gate found, or what can be known without asking anything: an address and a language."""
    known = request.scope["state"].get("visit")
    if isinstance(known, Visit):
        return known
    language, path = language_of(request.url.path)
    large = request.cookies.get(TEXT) == "large"
    return Visit(language, path, request.url.query, utc_now(), large, None, None)
