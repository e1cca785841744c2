"""The bid room: everything a bidder does for one section until a bid stands; prices and files stay in the browser."""

import json
from typing import NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.custody.duties import trustees
from infra.kernel.canonical import b64
from infra.kernel.money import Fen, yuan
from trading.bidding.consortium import AGREEMENT
from trading.bidding.queries import STANDING, OwnBid, own_in_section
from trading.bidding.states import BidState
from trading.clarifications.queries import changes_of
from trading.invited.queries import require_bidder
from trading.opening.form import FORM
from trading.publication.queries import dossier
from trading.sections.envelopes import second_parts
from trading.sections.queries import require_up
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.bidder.confirmation import recheck
from web.bidder.offline import offline_page
from web.bidder.words import WORDS, refusals, spoken
from web.forms import Form
from web.public.section_view import BODIES, PARTS
from web.render import page
from web.state import Stack
from web.visit import Visit

BIDDER = {"audience": "bidder"}


class Slot(NamedTuple):
    """One file of a bid: the part's name in the section, and its msgid."""

    part: str
    text: str


@get("/sections/{tender:str}/{number:str}/bid", opt=BIDDER)
async def bid_room(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The tasks of one bid; after the deadline a page that says so. Nothing of what is typed here reaches the server."""
    async with stack.database.reading() as session:
        found = await dossier(session, f"{tender}/{number}", taken_down=True)
        own = await own_in_section(session, visit.actor, found.section.id)
        if not own:
            require_up(found.section)
        await require_bidder(session, visit.actor, found.section)
        changes = await changes_of(session, found.section.id)
        stands = standing_of(own)
        again = None if stands is None else await recheck(session, visit, stands.bid, found.section.title)
        pinned = {one.name: b64(one.signer) for one in await trustees(session)}
    section = found.section
    assert section.deadline is not None
    open_now = section.state == SectionState.BIDDING and visit.now < section.deadline
    return page(
        visit,
        "bidder/room.html" if open_now else "bidder/room_closed.html",
        demo=stack.demo,
        found=found,
        section=section,
        path=f"/sections/{section.id}",
        standing=stands,
        changes=changes,
        recheck=again,
        ceiling=None if section.ceiling is None else yuan(Fen(section.ceiling)),
        slots=slots_of(section.parts),
        names={part: PARTS.get(part, part) for part in [*parts_of(section), AGREEMENT]},
        agreement=AGREEMENT,
        offline=offline_page(visit.language).digest,
        has_form=FORM in section.parts,
        bodies=BODIES,
        form=Form(visit.language, {}),
        facts=_facts(visit, section, pinned, standing_of(own)),
    )


def slots_of(parts: list[str]) -> list[Slot]:
    """The files a section asks for, in its order; the opening form is typed, not picked. A consortium adds its agreement."""
    files = [part for part in parts if part != FORM]
    return [Slot(part, PARTS.get(part, part)) for part in (files if len(files) == len(parts) else [*files, AGREEMENT])]


def parts_of(section: Section) -> list[str]:
    """All parts of a bid, of both envelopes."""
    return [*section.parts, *second_parts(two_envelope=section.two_envelope)]


def standing_of(own: list[OwnBid]) -> OwnBid | None:
    """The bid that stands in the section, if there is one."""
    return next((one for one in own if BidState(one.bid.state) in STANDING), None)


def _facts(visit: Visit, section: Section, pinned: dict[str, str], standing: OwnBid | None) -> dict[str, str]:
    """What the room's script is told, as attributes of the page: names, limits, words and sentences."""
    assert visit.signed_in is not None and visit.signed_in.organisation is not None
    return {
        "data-section": section.id,
        "data-account": visit.actor.id,
        "data-credit-code": visit.signed_in.organisation.credit_code,
        "data-parts": json.dumps(parts_of(section)),
        "data-part-names": json.dumps(
            {part: visit.texts.gettext(PARTS.get(part, part)) for part in [*parts_of(section), AGREEMENT]}
        ),
        "data-ceiling": "" if section.ceiling is None else str(section.ceiling),
        "data-pinned": json.dumps(pinned),
        "data-factor": "yes" if section.bidder_factor else "",
        "data-joint": str(section.joint),
        "data-blind": json.dumps(section.blind),
        "data-company": visit.signed_in.organisation.name,
        "data-standing": "" if standing is None else standing.bid.id,
        "data-bids": visit.url("/bids"),
        "data-login": visit.url("/login", {"next": visit.here}),
        "data-words": spoken(visit, WORDS),
        "data-refusals": refusals(visit),
    }


HANDLERS = [bid_room]
