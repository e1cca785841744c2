"""Forms for people without a session: bound to their browser by a visitor cookie."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from litestar import Response

from infra.edge import random_bytes
from web.render import page
from web.security import is_secure, visitor_cookie
from web.state import Stack
from web.visit import Visit, local_path

FIRST = "/desk"


def wanted(target: str | None) -> str:
    """The page of this site that somebody wanted before signing in or choosing a role, else the workbench."""
    path = local_path(target)
    return FIRST if path == "/" else path


def visitors_page(
    visit: Visit, stack: Stack, template: str, *, status: int = 200, facts: Mapping[str, Any]
) -> Response[str]:
    """A page with a form for somebody who is not signed in; nobody keeps it."""
    known = visit if visit.form_key else replace(visit, form_key=random_bytes(24).hex())
    shown = page(known, template, demo=stack.demo, status=status, **facts)
    shown.headers["Cache-Control"] = "no-store"
    if known is not visit and known.form_key:
        shown.set_cookie(visitor_cookie(known.form_key, is_secure(stack.settings)))
    return shown
