"""The procuring entity's review of a report before the candidates are published: confirmed, or returned for a listed reason."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.canonical import b64, unb64
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.publication.queries import dossier
from trading.regimes.regime import Rule
from trading.review.actions import Signed, confirm_report, return_report
from trading.review.rules import CONFIRMED, Verdict
from trading.sections.actions import regime_of
from trading.sections.states import SectionState
from web.forms import Fields, Form, address, begin, typed
from web.procurement.ground import PROCURERS, ground_of, show_section
from web.public.review import REASONS, review_told
from web.state import Stack
from web.visit import AnyRequest, Visit

FIELDS = {"review.reasons": "reasons", "review.reason": "reason", "review.choice": "verdict"}


@get("/sections/{tender:str}/{number:str}/award/review", opt=PROCURERS)
async def review_page(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """What may be said to the report, by whom and until when, and what was said."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/award/review", opt={"audience": "procuring"}, status_code=303)
async def review(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Confirm or return the report as the procuring entity has signed it."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    reason, words = form.value("reason"), form.value("reasons").replace("\r\n", "\n")
    try:
        if form.value("verdict") not in {one.value for one in Verdict}:
            raise Problem("review.choice")
        if not form.value("signature"):
            raise Problem("review.no-key")
        signed = Signed(unb64(form.value("certificate")), unb64(form.value("signature"), 64))
        authority = stack.keys.authority.public_key
        async with stack.database.work(visit.actor, address(request)) as work:
            if form.value("verdict") == Verdict.CONFIRM:
                await confirm_report(work, authority, section_id, signed)
            else:
                await return_report(work, authority, section_id, reason, words, signed)
    except Problem as problem:
        form.refuse(problem, FIELDS.get(problem.code))
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/award"), status_code=303)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    found = None
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, *section_id.split("/"))
        if ground.state in (SectionState.MARKED, SectionState.REPORTED):
            found = await dossier(session, section_id, taken_down=True)
    regime = regime_of(ground.section, stack.settings.mode)
    reported = found.review.reported if found and ground.state == SectionState.REPORTED else None
    return show_section(
        visit,
        stack,
        ground,
        "procurement/review.html",
        status=form.status,
        form=form,
        found=found,
        review=review_told(found) if found else [],
        ends=regime.end(reported, Rule.REPORT_REVIEW) if reported else None,
        decided=found is not None and found.decision is not None,
        decides=ground.project.procuring_entity == visit.actor.organisation and visit.actor.role is Role.PROCURING,
        reasons=[(one, REASONS[one]) for one in regime.words(Rule.CORRECTION_REASONS)],
        source=regime.parameter(Rule.CORRECTION_REASONS),
        period=regime.parameter(Rule.REPORT_REVIEW),
        silence=regime.parameter(Rule.REVIEW_SILENCE),
        waits=CONFIRMED in regime.words(Rule.REVIEW_SILENCE),
        report=b64(found.evaluation.digest) if found and found.evaluation else "",
    )


HANDLERS = [review_page, review]
