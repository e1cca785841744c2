"""Evaluations that were set aside 复评前的评审: every mark stays readable and recomputes, and says that it does not count."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.canonical import canonical
from infra.kernel.problems import Problem
from trading.evaluation.rounds import Earlier
from trading.publication.given import Given, given_in_round
from trading.publication.queries import Dossier, dossier
from trading.publication.redaction import Fact, redaction
from web.public.desk import Desk
from web.public.kept import KEPT
from web.public.results import marks_of, results_in, to_show
from web.public.section_page import kept_section, section_page
from web.public.section_view import regime_of
from web.render import PageResponse
from web.state import Stack

PUBLIC = {"audience": "public"}
PATH = "/sections/{tender:str}/{number:str}/evaluations/{round_number:int}"


@get(PATH, opt=KEPT)
async def earlier_evaluation(
    tender: FromPath[str], number: FromPath[str], round_number: FromPath[int], desk: NamedDependency[Desk]
) -> Response[bytes]:
    """Every judge's mark of an evaluation that was set aside; `evaluation.unknown` for a number that none has."""
    bid = desk.request.query_params.get("bid")
    at = desk.asking(bid=bid)

    async def read(session: AsyncSession, found: Dossier) -> list[tuple[Earlier, Given]]:
        one = _numbered(found, round_number)
        return [(one, await given_in_round(session, found.section.id, one.number))]

    async def show(found: Dossier, read: list[tuple[Earlier, Given]]) -> PageResponse:
        (one, given), told = read[0], None
        told = results_in(found, dict(one.evidence))
        assert told is not None  # what was set aside had been opened
        shown = to_show(told, bid, given.size)
        return section_page(
            at.visit,
            at.stack.demo,
            found,
            "public/section_earlier.html",
            earlier=one,
            results=told,
            sheets=[(rank, marks_of(told, rank.entry.bid, at.visit.language, given)) for rank in shown],
            written=given.size > 0,
            names=redaction(regime_of(found).kind, Fact.IDENTITY),
            partly=len(shown) < len(told.ranking),
        )

    return await kept_section(at, f"{tender}/{number}", read, show)


@get(PATH + "/evaluation.json", opt=PUBLIC)
async def earlier_file(
    tender: FromPath[str], number: FromPath[str], round_number: FromPath[int], stack: NamedDependency[Stack]
) -> Response[bytes]:
    """The evidence of an evaluation that was set aside, for `openhall recompute evaluation`."""
    async with stack.database.reading() as session:
        one = _numbered(await dossier(session, f"{tender}/{number}"), round_number)
    name = f"evaluation-{one.number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(canonical(one.evidence), media_type="application/json", headers=headers)


def _numbered(found: Dossier, number: int) -> Earlier:
    for one in found.earlier:
        if one.number == number:
            return one
    raise Problem("evaluation.unknown", section=found.section.id, number=number)


HANDLERS = [earlier_evaluation, earlier_file]
