"""The Verify page: a shell of words; every check runs in the visitor's browser (web/static/js/verify)."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from web.i18n import Language
from web.problems import sentences
from web.public.desk import Desk
from web.public.kept import KEPT
from web.public.verify_words import DETAILS, OTHERS, SENTENCES, STEPS
from web.render import PageResponse, page

NOUNS = frozenset(
    {
        "base64", "calendar", "checkpoint", "competition", "draw", "evaluation", "evidence", "finding", "json", "log",
        "lottery", "marks", "method", "money", "note", "notice", "opening-form", "policy", "proof", "publicity", "receipt",
        "regime", "rejection", "replacement", "resolution", "seal", "signing", "verify",
    }
)  # fmt: skip
"""What a refusal of the page's own checks may be about; its sentence is the platform's own."""


@get("/verify", opt=KEPT)
async def verify_page(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The page itself; the platform sees neither file nor verdict."""
    desk = desk.asking()

    async def make(_: Any) -> PageResponse:
        return page(
            desk.visit,
            "public/verify.html",
            demo=desk.stack.demo,
            refusals=refusals(desk.visit.language),
            steps=STEPS,
            details=DETAILS,
            sentences=SENTENCES,
            others=OTHERS,
        )

    return await desk.kept.page_of(desk.request, desk.visit, 0, make)


def refusals(language: Language) -> list[tuple[str, str, str]]:
    """(code, what happened, what to do) of every refusal the page may come to, holes unfilled, in the language."""
    return [
        (code, *(one.zh if language is Language.ZH else one.en))
        for code, one in sorted(sentences().items())
        if code.partition(".")[0] in NOUNS
    ]


HANDLERS = [verify_page]
