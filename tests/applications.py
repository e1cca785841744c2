"""The web application on a test's own stack: its six hundred routes are made once a process, which takes half a second."""

from copy import copy

from litestar import Litestar

from web.app import create_app, placed
from web.security import is_secure
from web.state import Stack

_ROUTED: dict[tuple[bool, bool], Litestar] = {}
"""One application for each mode and scheme, whose routes the others share."""


def app_on(stack: Stack) -> Litestar:
    """What `create_app` makes of this stack; nothing but the routes is shared with another."""
    kind = (stack.demo, is_secure(stack.settings))
    if kind not in _ROUTED:
        _ROUTED[kind] = create_app(stack)
    return placed(copy(_ROUTED[kind]), stack)
