"""Award and publicity: the report, a tie decided, the candidates and their publicity, the award; with consequences."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.auth.keys import KeyService
from infra.db.work import Work
from infra.kernel.amounts import in_words, read_yuan
from infra.kernel.canonical import b64, unb64
from infra.kernel.channels import section_channel
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from infra.live import cursor_of
from trading.notices.kinds import NoticeKind
from trading.notices.rules import publicity_start_due
from trading.notices.tables import Notice
from trading.objections.actions import objection_until
from trading.publication.actions import decide_tie, publish_award, publish_candidates
from trading.publication.queries import Dossier, dossier
from trading.publication.rules import settled, tied_candidates
from trading.regimes.regime import Regime, Rule
from trading.sections.actions import regime_of
from trading.sections.queries import HIDDEN
from trading.sections.states import SectionState
from web.forms import Fields, Form, address, begin, typed
from web.procurement.ground import PROCURERS, Ground, ground_of, show_section
from web.procurement.ways import standing_of
from web.public.choice import chosen_of
from web.public.results import Ranked, results
from web.public.review import review_told
from web.public.section_view import FAILURES, notice_of
from web.public.ways import ways_told
from web.state import Stack
from web.visit import AnyRequest, Visit

ACTS: dict[str, Callable[[Work, str, KeyService], Awaitable[Notice]]] = {
    "candidates": lambda work, section, _: publish_candidates(work, section),
    "award": publish_award,
}
PLACE = "place-"
LAST = 1_000_000


@get("/sections/{tender:str}/{number:str}/award", opt=PROCURERS)
async def award_page(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """What was reported, what may be published now and by whom, how long the publicity still runs."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/award", opt=PROCURERS, status_code=303)
async def publish(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Publish candidates or award, whichever the button said."""
    form, section_id = Form(visit.language, {}), f"{tender}/{number}"
    try:
        act = ACTS.get(data.get("action", ""))
        if act is None:
            raise Problem("award.action")
        async with stack.database.work(visit.actor, address(request)) as work:
            await act(work, section_id, stack.keys.service)
    except Problem as problem:
        form.refuse(problem)
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/award"), status_code=303)


@post("/sections/{tender:str}/{number:str}/award/tie", opt={"audience": "procuring"}, status_code=303)
async def decide(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Decide a tie as the procuring entity has signed it."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    reasons = form.value("reasons").replace("\r\n", "\n")
    try:
        if not form.value("signature"):
            raise Problem("tie.no-key")
        certificate, signature = unb64(form.value("certificate")), unb64(form.value("signature"), 64)
        async with stack.database.reading() as session:
            ground = await ground_of(session, visit, tender, number)
            tied = _tied(
                await dossier(session, section_id, taken_down=True), regime_of(ground.section, stack.settings.mode)
            )
        async with stack.database.work(visit.actor, address(request)) as work:
            authority = stack.keys.authority.public_key
            await decide_tie(work, authority, section_id, _chosen(form, tied), reasons, certificate, signature)
    except Problem as problem:
        form.refuse(problem, "reasons" if problem.code == "tie.reasons" else None)
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/award"), status_code=303)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    found, cursor, now = None, 0, None
    async with stack.database.reading() as session:
        # The cursor first: what happens while the rest is read is told again, and nothing is missed.
        cursor = await cursor_of(session, section_channel(section_id)) if "\0" not in section_id else 0
        ground = await ground_of(session, visit, *section_id.split("/"))
        if ground.state not in HIDDEN:
            found = await dossier(session, section_id, taken_down=True)
            now = await standing_of(session, found, LAST)
    regime = regime_of(ground.section, stack.settings.mode)
    return show_section(
        visit,
        stack,
        ground,
        "procurement/award.html",
        status=form.status,
        form=form,
        found=found,
        cursor=cursor,
        channel=section_channel(section_id) if found else "",
        decides=ground.project.procuring_entity == visit.actor.organisation and visit.actor.role is Role.PROCURING,
        publicity=regime.parameter(Rule.PUBLICITY),
        reply=regime.parameter(Rule.OBJECTION_REPLY),
        start_due=publicity_start_due(regime, visit.now),
        reviewed=regime.reviewed,
        challenged_until=objection_until(ground.section, regime) if regime.reviewed else None,
        challenge=regime.parameter(Rule.CHALLENGE) if regime.knows(Rule.CHALLENGE) else None,
        failure=FAILURES.get(ground.section.failed_why or ""),
        now=now,
        ways=ways_told(found) if found else [],
        chosen=chosen_of(found),
        review=review_told(found) if found else [],
        review_ends=_review_ends(found, regime) if ground.state == SectionState.REPORTED else None,
        **_result(found, regime),
        **{name: _is(ground, *states) for name, states in STAGES.items()},
    )


STAGES = {
    "early": (
        SectionState.DRAFT,
        SectionState.READY,
        SectionState.BIDDING,
        SectionState.DECRYPTING,
        SectionState.OPENED,
        SectionState.EVALUATING,
        SectionState.PRICING,
        SectionState.MARKED,
    ),
    "reported": (SectionState.REPORTED,),
    "running": (SectionState.PUBLICITY,),
    "determined": (SectionState.DETERMINED,),
    "notified": (SectionState.NOTIFIED,),
    "failed": (SectionState.FAILED,),
}


def _review_ends(found: Dossier | None, regime: Regime) -> datetime | None:
    """Until when the procuring entity reviews the report that was made."""
    reported = found.review.reported if found else None
    return regime.end(reported, Rule.REPORT_REVIEW) if reported else None


def _is(ground: Ground, *states: SectionState) -> bool:
    return ground.state in states


def _result(found: Dossier | None, regime: Regime) -> dict[str, Any]:
    """Ranking, ties still to be decided, first candidate with its price in words, and the notices that are out."""
    told = results(found) if found else None
    ranking = told.ranking if told else ()
    left = [one for one in ranking if found and one.entry.bid not in found.passed]
    first = chosen_of(found) or (left[0] if left and not (found and found.section.by_choice) else None)
    tied = _tied(found, regime) if found else []
    named = {one.entry.bid: one for one in ranking}
    return {
        "ranking": ranking,
        "tied": [_group(group, named) for group in tied],
        "tied_bids": tied,
        "left": bool(found and "procuring_entity" in found.document.method["tie"]),
        "report": b64(found.evaluation.digest) if found and found.evaluation else "",
        "first": first if not tied else None,
        "candidates": notice_of(found, NoticeKind.CANDIDATES) if found else None,
        "awarded": notice_of(found, NoticeKind.AWARD) if found else None,
        "price_words": in_words(read_yuan(first.entry.form["price"])) if first and first.entry.form else "",
    }


def _group(bids: list[str], named: dict[str, Ranked]) -> tuple[list[Ranked], list[int]]:
    """The tied bids as ranked, and the ranks they are to be put on."""
    rows = [named[bid] for bid in bids]
    return rows, list(range(rows[0].rank, rows[0].rank + len(rows)))


def _tied(found: Dossier, regime: Regime) -> list[list[str]]:
    """The groups of bids tied for a candidate's rank that nobody has decided yet."""
    if found.evaluation is None:
        return []
    decided = found.decision.order if found.decision else ()
    order = settled(found.evaluation.evidence["out"]["order"], decided)
    return tied_candidates(order, regime.count(Rule.CANDIDATES_MAXIMUM))


def _chosen(form: Form, tied: list[list[str]]) -> list[list[str]]:
    """Each tied group by the ranks chosen for its bids; `tie.order` where two have the same, or one has none."""
    found = []
    for group in tied:
        places = {bid: form.value(PLACE + bid) for bid in group}
        if len(set(places.values())) < len(group) or not all(
            one.isascii() and one.isdigit() for one in places.values()
        ):
            raise Problem("tie.order")
        found.append(sorted(group, key=lambda bid: min(int(places[bid][:7]), LAST)))
    return found


HANDLERS = [award_page, publish, decide]
