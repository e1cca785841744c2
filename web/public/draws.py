"""A section's draws: attempts that failed, and once the marks are public what each was drawn from, to be recomputed."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.kernel.problems import Problem
from trading.publication.draws import Attempt, public_attempts
from trading.publication.queries import Dossier
from web.i18n import catalogue
from web.problems import explain, sentences
from web.public.desk import Desk
from web.public.kept import KEPT
from web.public.section_page import kept_section, section_page
from web.public.section_view import BODIES
from web.render import PageResponse
from web.visit import Visit


@get("/sections/{tender:str}/{number:str}/draws", opt=KEPT)
async def draws(tender: FromPath[str], number: FromPath[str], desk: NamedDependency[Desk]) -> Response[bytes]:
    """Every attempt that may be read, each disclosed one with seed, lists, commitments and a way to recompute it."""
    at = desk.asking()

    async def show(found: Dossier, attempts: list[Attempt]) -> PageResponse:
        return section_page(
            at.visit,
            at.stack.demo,
            found,
            "public/section_draws.html",
            attempts=attempts,
            why=_reasons(at.visit, attempts),
        )

    return await kept_section(at, f"{tender}/{number}", public_attempts, show)


def _reasons(visit: Visit, attempts: list[Attempt]) -> dict[int, str]:
    """By number, in a sentence, why an attempt failed."""
    return {one.number: _why(visit, one.failure.reason, one.failure.party) for one in attempts if one.failure}


def _why(visit: Visit, reason: str, party: str) -> str:
    if reason not in sentences():
        return reason
    named = catalogue(visit.language).gettext(BODIES[party]) if party in BODIES else party
    return explain(
        Problem(reason, party=named, draw_id="", specialty="", why="", missing="", field=""), visit.language
    )[1]


HANDLERS = [draws]
