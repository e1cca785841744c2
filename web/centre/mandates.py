"""The representatives' mandates for the witness at the door and the supervising body; each file opened is recorded."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.access.actions import recorded
from infra.access.rules import Read
from trading.evaluation.mandates import filed_mandates, open_mandate
from web.forms import address
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

WITNESSES = {"audience": ("centre", "supervisor")}


@get("/sections/{tender:str}/{number:str}/mandates", opt=WITNESSES)
async def mandates(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The representatives' seats with the hash of each mandate; no name."""
    async with stack.database.reading(visit.actor) as session:
        section, places = await filed_mandates(session, visit.actor, f"{tender}/{number}")
    return page(visit, "centre/mandates.html", demo=stack.demo, section=section, places=places)


@get(
    "/sections/{tender:str}/{number:str}/mandates/{seat:int}",
    opt={**WITNESSES, "packed": True, "reads": Read.MANDATE},
)
async def mandate(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    seat: FromPath[int],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[bytes]:
    """The file of one mandate, once its holder has come."""
    section_id, reader = f"{tender}/{number}", (visit.actor, address(request))
    subject = f"{section_id}#J{seat}"
    async with recorded(stack.database, *reader, Read.MANDATE, subject, section=section_id) as look:
        data = await open_mandate(look.session, stack.keys.service, visit.actor, section_id, seat)
        look.facts = {"seats": [seat]}
    headers = {"Content-Disposition": f'attachment; filename="mandate-J{seat}.pdf"', "Cache-Control": "no-store"}
    return Response(data, media_type="application/pdf", headers=headers)


HANDLERS = [mandates, mandate]
