"""Who is let in and what a browser is told to forbid: headers, cookies, form tokens, the audience of every route."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler
from litestar.types import Message, Scope

from infra.edge import random_bytes
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from infra.settings import Settings
from web.i18n import language_of
from web.visit import AnyRequest, Visit

CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self' blob:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
CAPTURES = "captures"
"""The option of a route whose page may use camera, microphone and screen."""
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
AUDIENCES = frozenset({"public", "signed-in", *Role}) - {Role.SYSTEM}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
VISITOR = "openhall_visitor"
LANGUAGE = "openhall_language"
TEXT = "openhall_text"
_LABEL = b"form-token/v1\0"
_YEAR = 365 * 24 * 3600

AnyConnection = ASGIConnection[Any, Any, Any, Any]


def is_secure(settings: Settings) -> bool:
    """Whether the site is reached by https."""
    return settings.origin.startswith("https://")


def header_writer(secure: bool) -> Callable[[Message, Scope], Any]:
    """A `before_send` hook that puts the security headers on every answer, errors and files included."""
    told = HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})
    added = [(name.lower().encode(), value.encode()) for name, value in told.items()]
    granted = "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=()"
    capturing = [*added, (b"permissions-policy", granted.encode())]
    capturing.remove((b"permissions-policy", HEADERS["Permissions-Policy"].encode()))

    async def write_headers(message: Message, scope: Scope) -> None:
        # No handler sets these by itself, so there is nothing to look for and replace.
        if message["type"] == "http.response.start":
            handler = scope.get("route_handler")
            mine = capturing if handler is not None and CAPTURES in handler.opt else added
            message["headers"] = [*message["headers"], *mine]

    return write_headers


def session_cookie_name(secure: bool) -> str:
    """The session cookie's name; on https the prefix makes browsers insist on Secure, no Domain and path `/`."""
    return "__Host-openhall_session" if secure else "openhall_session"


def session_cookie(token: str | None, secure: bool) -> Cookie:
    """The cookie that carries a session's token; None takes it away."""
    return Cookie(
        session_cookie_name(secure),
        value=token or "",
        max_age=None if token else 0,
        path="/",
        httponly=True,
        secure=secure,
        samesite="lax",
    )


def visitor_cookie(value: str, secure: bool) -> Cookie:
    """The cookie that binds the sign-in form to one browser before there is a session."""
    return Cookie(VISITOR, value=value, path="/", httponly=True, secure=secure, samesite="lax")


def preference_cookie(name: str, value: str, secure: bool) -> Cookie:
    """A display preference, kept for a year."""
    return Cookie(name, value=value, max_age=_YEAR, path="/", httponly=True, secure=secure, samesite="lax")


def form_token(key: str) -> str:
    """A fresh token for one form; masked, so that compressed pages do not give it away (BREACH)."""
    mask = random_bytes(32)
    hidden = bytes(one ^ other for one, other in zip(mask, _proof(key), strict=True))
    return urlsafe_b64encode(mask + hidden).decode().rstrip("=")


def token_fits(token: str, key: str) -> bool:
    """Whether a form token was made for this session or visitor."""
    try:
        data = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return False
    if len(data) != 64:
        return False
    proof = bytes(one ^ other for one, other in zip(data[:32], data[32:], strict=True))
    return hmac.compare_digest(proof, _proof(key))


def _proof(key: str) -> bytes:
    return hmac.digest(key.encode(), _LABEL, sha256)


def bearer(connection: AnyConnection) -> str | None:
    """The session token of a program that sends it in `Authorization: Bearer`, which no browser does by itself."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def check_form(request: AnyRequest, visit: Visit) -> None:
    """Refuse an unsafe request that this site's own form did not send: `form.foreign-origin`, `form.token`.

    Left alone are requests that carry no ambient right: a bearer token, a body that its author signed (`opt signed`),
    and the programs' interface without any of our cookies. A script of ours sends the token as `X-CSRF-Token`.
    """
    if request.method in SAFE or bearer(request) or request.route_handler.opt.get("signed"):
        return
    _check_origin(request)
    if visit.path.startswith("/api/") and visit.form_key is None:
        return
    token = request.headers.get("x-csrf-token")
    if token is None and request.content_type[0] in FORMS:
        token = (await request.form()).get("form_token")
    if visit.form_key is None or not isinstance(token, str) or not token_fits(token, visit.form_key):
        raise Problem("form.token")


def _check_origin(request: AnyRequest) -> None:
    origin, host = request.headers.get("origin"), request.headers.get("host")
    if origin is not None and urlsplit(origin).netloc != host:
        raise Problem("form.foreign-origin", origin=origin)
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Problem("form.foreign-origin", origin=origin or "–")


def check_audience(visit: Visit, handler: BaseRouteHandler) -> None:
    """Let only a route's declared audience in: `session.needed`, `session.choose-role`, `page.not-yours`."""
    declared = handler.opt["audience"]
    audience = {declared} if isinstance(declared, str) else set(declared)
    if "public" in audience:
        return
    if visit.signed_in is None:
        raise Problem("session.needed")
    if "signed-in" in audience or visit.actor.role in audience:
        return
    if visit.signed_in.must_choose:
        raise Problem("session.choose-role")
    raise Problem("page.not-yours", role=visit.actor.role)


def choice_path(path: str, query: str) -> str:
    """The page that asks for whom one acts, and leads back to this address."""
    language, plain = language_of(path)
    return f"{language.prefix}/account/role?next={quote(plain + ('?' + query if query else ''), safe='')}"


def sign_in_path(path: str, query: str) -> str:
    """The sign-in page that leads back to this address; judges have a door of their own and no password."""
    language, plain = language_of(path)
    door = "/judge" if plain == "/judge" or plain.startswith("/judge/") else "/login"
    return f"{language.prefix}{door}?next={quote(plain + ('?' + query if query else ''), safe='')}"
