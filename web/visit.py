"""One visit: who looks, in which language, at which address, at what time; everything a page may depend on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from litestar import Request

from infra.auth.sessions import SignedIn
from infra.kernel.context import PUBLIC, Actor
from web.i18n import Catalogue, Language, catalogue

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True)
class Visit:
    """What a request says about itself; `path` has no language prefix, `form_key` signs the forms of this visitor.

    `unread` counts a signed-in person's unread messages; `form_page` is the page that showed the form which was sent.
    """

    language: Language
    path: str
    query: str
    now: datetime
    large_text: bool
    form_key: str | None
    signed_in: SignedIn | None
    unread: int = 0
    form_page: str | None = None

    @property
    def actor(self) -> Actor:
        """Who acts: the signed-in person, or the public."""
        return self.signed_in.actor if self.signed_in else PUBLIC

    @property
    def texts(self) -> Catalogue:
        """The messages of the visit's language."""
        return catalogue(self.language)

    @property
    def here(self) -> str:
        """The address looked at, without language prefix, with its query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The pairs of the query."""
        return parse_qsl(self.query)

    def asking(self, query: Mapping[str, object]) -> "Visit":
        """The same visit with this query and no other; empty values are left out."""
        pairs = [(name, str(value)) for name, value in query.items() if value not in (None, "")]
        return replace(self, query=urlencode(pairs))

    def url(self, path: str, query: Mapping[str, object] | None = None) -> str:
        """An address of this site in the visit's language; empty values are left out of the query."""
        target = self.language.prefix + ("" if path == "/" and self.language.prefix else path)
        pairs = [(name, str(value)) for name, value in (query or {}).items() if value not in (None, "")]
        return f"{target}?{urlencode(pairs)}" if pairs else target

    def varied(self, **changes: object) -> str:
        """This very address with some query values changed or (None) taken away; a list begins again at its start."""
        pairs = {name: value for name, value in parse_qsl(self.query) if name not in ("page", "after", "before")}
        return self.url(self.path, {**pairs, **changes})

    def preferring(self, **chosen: str) -> str:
        """The address that keeps a display preference and comes back to this very page."""
        return "/preferences?" + urlencode({**chosen, "to": self.language.prefix + self.here})


def actor_of(request: AnyRequest) -> Actor:
    """Who acts, as the gate found, for a handler that asks nothing else of the visit and has to be quick."""
    visit: Visit = request.scope["state"]["visit"]
    return visit.actor


def local_path(target: str | None) -> str:
    """A path inside this site, or `/`: never an address of somebody else."""
    if (
        not target
        or not target.startswith("/")
        or target[:2] in ("//", "/\\")
        or any(ord(sign) < 33 for sign in target)
    ):
        return "/"
    return target
