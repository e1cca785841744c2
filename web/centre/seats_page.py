"""The page of a section's draw and seats, for the centre: phases, proofs, invitations by seat, slips, who has come."""

from litestar import Response

from infra.access.actions import recorded
from infra.access.rules import Read
from trading.evaluation.foresight import draws_of, is_running, phases_of, section_for
from trading.evaluation.queries import seats_of
from trading.evaluation.seating import SEATED
from trading.evaluation.slips import names_of_present, printable
from web.centre.room import room_of
from web.forms import Form, address
from web.procurement.attempts import notes_of
from web.procurement.panel import FORMS, PHASES, turns
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit


async def show(request: AnyRequest, visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    """The page as it stands now, with a form that may have been refused; names only of those who have signed in."""
    reader = (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.SEAT_NAMES, section_id, section=section_id) as look:
        session = look.session
        section = await section_for(session, visit.actor, section_id)
        draws = await draws_of(session, section_id)
        attempts = [(draw, await phases_of(session, draw)) for draw in draws[:5]]
        notes = await notes_of(session, visit, draws[:5])
        taken = await seats_of(session, section_id)
        names = await names_of_present(session, stack.keys.service, section_id)
        unprinted = bool(await printable(session, taken))
        room = await room_of(session, section, draws, taken)
        look.region, look.facts = section.region, {"seats": sorted(names)}
    awaited = any(one.signed_in_at is None for one in taken)
    by, seated = draws[0].sign_in_by if draws else None, section.state in SEATED
    due = {
        "order": room["may_order"],
        "call": room["may_call"],
        "by": not by and awaited,
        "slips": bool(taken) and seated,
    }
    forms = "-".join(name for name, wanted in due.items() if wanted) or "none"
    return page(
        visit,
        "centre/seats.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        section=section,
        attempts=attempts,
        notes=notes,
        phase_names=PHASES,
        forms=forms,
        exchanged=dict(visit.asked).get(FORMS) != forms,
        path=f"/sections/{section_id}/seats",
        turns=turns(section, moving=awaited or (bool(draws) and is_running(draws[0]))),
        seats=taken,
        names=names,
        by=by,
        **room,
        seated=seated,
        awaited=awaited,
        unprinted=unprinted,
    )
