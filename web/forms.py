"""Forms of signed-in pages: values and errors side by side, input that outlives a session, where a form came from."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

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
from web.visit import AnyRequest, Visit, local_path

Fields = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
"""The body of an ordinary form: one text a field."""

KEPT = "kept"
FORM_PAGE = "form_page"
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
    return Form(visit.language, {name: value for name, value in data.items() if name not in ("form_token", FORM_PAGE)})


def address(request: AnyRequest) -> str | None:
    """The network address that the journal keeps (EBM 13)."""
    return request.client.host if request.client else None


async def keep_typed(database: Database, request: AnyRequest, token: str) -> str | None:
    """Keep an ordinary form that came after its session had ended; the address to come back to, or None."""
    if not _worth_keeping(request):
        return None
    owner = await former_owner(database, token)
    return None if owner is None else await _keep(database, request, owner)


async def keep_of_another_session(database: Database, request: AnyRequest, visit: Visit) -> str | None:
    """Keep a form of this site that was shown under an earlier session of the browser; where to send it once more.

    Only a request that names its origin, which the gate has compared with ours, fills in somebody's form.
    """
    if visit.signed_in is None or not request.headers.get("origin") or not _worth_keeping(request):
        return None
    return await _keep(database, request, visit.actor.id)


async def form_page_of(request: AnyRequest) -> str | None:
    """The page that showed the form which is sent, without language prefix, as the form itself says."""
    if request.method != "POST" or request.content_type[0] not in FORMS:
        return None
    told = (await request.form()).get(FORM_PAGE)
    path = local_path(told if isinstance(told, str) else None)
    return None if path == "/" else path


def _worth_keeping(request: AnyRequest) -> bool:
    length = request.headers.get("content-length", "")
    ordinary = request.method == "POST" and request.content_type[0] == FORMS[0]
    return ordinary and length.isdigit() and int(length) <= LONGEST_KEPT


async def _keep(database: Database, request: AnyRequest, owner: str) -> str:
    language, sent_to = language_of(request.url.path)
    fields = {str(name): str(value) for name, value in (await request.form()).items()}
    came_from = urlsplit(request.headers.get("referer", ""))
    shown_at = language_of(came_from.path)[1] if came_from.netloc == request.headers.get("host") else sent_to
    page = urlsplit(await form_page_of(request) or shown_at)
    async with database.work(PUBLIC, address(request)) as work:
        kept = await keep_input(work, owner, page.path[:400], fields)
    asked = [pair for pair in parse_qsl(page.query) if pair[0] != KEPT]
    return f"{language.prefix}{page.path}?{urlencode([*asked, (KEPT, kept)])}"
