"""Written inquiries 询标 as everybody reads them with the marks: questions, answers, silence, and what was not sent."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from trading.inquiries.queries import inquiries_of
from trading.inquiries.rules import Ground
from trading.inquiries.states import InquiryState
from trading.publication.queries import dossier
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from web.i18n import N_
from web.render import page
from web.state import Stack
from web.visit import Visit

GROUNDS = {
    Ground.UNCLEAR: N_("something is unclear"),
    Ground.ERROR: N_("an obvious error of writing or arithmetic"),
    Ground.LOW_PRICE: N_("the price is abnormally low"),
}
STATES = {
    InquiryState.DRAFTED: N_("waits for the leader"),
    InquiryState.REFUSED: N_("not sent"),
    InquiryState.SENT: N_("sent, waits for the answer"),
    InquiryState.ANSWERED: N_("answered"),
    InquiryState.SILENT: N_("no answer in time"),
}
TONES = {
    InquiryState.DRAFTED: "warn",
    InquiryState.REFUSED: "line",
    InquiryState.SENT: "info",
    InquiryState.ANSWERED: "ok",
    InquiryState.SILENT: "bad",
}


@get("/sections/{tender:str}/{number:str}/inquiries", opt={"audience": "public"})
async def inquiries(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Every inquiry with its bidder, once the committee's acts are public; nothing at all before."""
    async with stack.database.reading() as session:
        found = await dossier(session, f"{tender}/{number}")
        shown = await inquiries_of(session, found.section.id) if found.judged else []
    names = {entry.bid: entry.name for entry in found.opened.record} if found.opened is not None else {}
    return page(
        visit,
        "public/inquiries.html",
        demo=stack.demo,
        section=found.section,
        path=f"/sections/{found.section.id}",
        judged=found.judged,
        found=shown,
        names=names,
        grounds=GROUNDS,
        states=STATES,
        tones=TONES,
        window=regime_of(found.section, stack.settings.mode).parameter(Rule.INQUIRY_WINDOW),
    )


HANDLERS = [inquiries]
