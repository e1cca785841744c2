"""Forms of signed-in pages: values and errors side by side, input that outlives a session, where a form came from."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated
from urllib.parse import urlsplit

from litestar.enums import RequestEncodingType
from litestar.params import Body

from infra.auth.kept import keep_input, kept_input
from infra.auth.sessions import former_owner
from infra.db.work import Database
from infra.kernel.context import PUBLIC
from infra.kernel.problems import Problem
from web.errors import Told, incident_number, tell
from web.i18n import Language, language_of
from web.security import FORMS
from web.state import Stack
from web.visit import AnyRequest, Visit

Fields = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
"""The body of an ordinary form: one text a field."""

KEPT = "kept"
LONGEST_KEPT = 256 * 1024


class Form:
    """What a form shows: a value for each field, and what was refused, in the visitor's language, in order."""

    def __init__(self, language: Language, values: Mapping[str, str], *, restored: bool = False) -> None:
        self.values = dict(values)
        self.refusals: list[tuple[str | None, Told]] = []
        self.restored = restored
        self._language = language

    def value(self, name: str) -> str:
        """The text of a field, empty where there is none."""
        return self.values.get(name, "")

    def error(self, name: str) -> str | None:
        """The sentence that belongs to a field, if it was refused."""
        return next((told.happened for field, told in self.refusals if field == name), None)

    def refuse(self, problem: Problem, field: str | None = None) -> None:
        """Note a refusal, at a field or of the whole form."""
        self.refusals.append((field, tell(problem, self._language, incident_number())))

    @contextmanager
    def field(self, name: str) -> Iterator[None]:
        """What is refused inside belongs to this field; the next field is looked at all the same."""
        try:
            yield
        except Problem as problem:
            self.refuse(problem, name)

    @property
    def refused(self) -> bool:
        """Whether anything was refused."""
        return bool(self.refusals)

    @property
    def status(self) -> int:
        """The status a page with this form is sent with: that of the first refusal, or 200."""
        return self.refusals[0][1].status if self.refusals else 200


async def begin(stack: Stack, visit: Visit, initial: Mapping[str, str] | None = None) -> Form:
    """The form as a GET shows it: `initial`, over which is laid what the person had typed before a session ended."""
    kept_id = dict(visit.asked).get(KEPT)
    if kept_id is None or visit.signed_in is None:
        return Form(visit.language, initial or {})
    async with stack.database.reading() as session:
        kept = await kept_input(session, visit.actor.id, visit.path, kept_id)
    return Form(visit.language, {**(initial or {}), **kept}, restored=bool(kept))


def typed(visit: Visit, data: Mapping[str, str]) -> Form:
    """The form as a POST received it."""
    return Form(visit.language, {name: value for name, value in data.items() if name != "form_token"})


def address(request: AnyRequest) -> str | None:
    """The network address that the journal keeps (EBM 13)."""
    return request.client.host if request.client else None


async def keep_typed(database: Database, request: AnyRequest, token: str) -> str | None:
    """Keep an ordinary form that came after its session had ended; the address to come back to, or None."""
    if request.method != "POST" or request.content_type[0] != FORMS[0]:
        return None
    owner = await former_owner(database, token)
    length = request.headers.get("content-length", "")
    if owner is None or not length.isdigit() or int(length) > LONGEST_KEPT:
        return None
    fields = {str(name): str(value) for name, value in (await request.form()).items()}
    came_from = urlsplit(request.headers.get("referer", ""))
    page = came_from.path if came_from.netloc == request.headers.get("host") else request.url.path
    path = language_of(page)[1][:400]
    async with database.work(PUBLIC, address(request)) as work:
        kept = await keep_input(work, owner, path, fields)
    return f"{page}?{KEPT}={kept}"
