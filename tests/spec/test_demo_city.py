"""The demo city's quick bids and estimates go through the same doors as anybody's, in one envelope or two."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from scenes import FAR, Hall
from sqlalchemy import select
from two_envelopes import a_two_envelope_tender

from infra.auth.keys import PlatformKeys
from infra.crypto.manifest import parse_manifest
from infra.db.work import Database
from infra.objects import Objects
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from trading.reserve.queries import own_reserve
from web.demo import cast, works
from web.demo.estimates import seal_estimate
from web.demo.people import OFFICIALS, People
from web.demo.quick_bids import hand_in_quickly
from web.demo.sections import AHEAD, FINISHED, PLANS

pytestmark = pytest.mark.soak

TENDERS = [plan.tender for plan in (FINISHED, *PLANS)] + [tender for tender, _, _ in AHEAD]
BIDDERS = [works.TUNNEL.offer(place, one) for place, one in enumerate(cast.BIDDERS[:3])]


@dataclass
class Desk:
    """The ground of the demo city's helpers, on a hall of the tests."""

    database: Database
    objects: Objects
    keys: PlatformKeys
    people: People
    section: str
    folder: Path


def a_desk(hall: Hall, section: str, folder: Path) -> Desk:
    logins = ("agent", *(one.body.login for one in BIDDERS))
    people = People({login: hall.bodies[login] for login in logins}, {login: hall.actor(login) for login in logins})
    people.signers |= {one.body.login: hall.signers[one.body.login] for one in BIDDERS}
    return Desk(hall.database, hall.objects, hall.keys, people, section, folder)


async def test_bids_of_a_two_envelope_section_stand_with_the_price_in_the_second(hall: Hall, tmp_path: Path) -> None:
    section = await a_two_envelope_tender(hall, FAR)
    await hand_in_quickly(a_desk(hall, section, tmp_path), BIDDERS)
    async with hall.database.reading() as session:
        bids = list(await session.scalars(select(Bid).where(Bid.section == section)))
    seconds = [[one.part for one in parse_manifest((bid.second_manifest or "").encode()).parts] for bid in bids]
    assert ([bid.state for bid in bids], seconds) == ([BidState.SUBMITTED] * 3, [["price"]] * 3)


async def test_an_estimate_is_sealed_for_the_body_that_signs_it(hall: Hall, tmp_path: Path) -> None:
    section = await a_two_envelope_tender(hall, FAR)
    await seal_estimate(a_desk(hall, section, tmp_path / "tender"), "agent", "55180000.00")
    async with hall.database.reading(hall.actor("agent")) as session:
        kept = await own_reserve(session, hall.actor("agent"), section)
    assert kept is not None
    assert (kept.sealed_by, kept.opened_at) == (hall.bodies["agent"].id, None)


def test_who_is_to_seal_an_estimate_can_sign_in() -> None:
    logins = {body.login for body in OFFICIALS}
    assert {tender.owner.login for tender in TENDERS if tender.estimate} <= logins


def test_the_city_has_two_envelopes_before_and_after_the_opening_and_no_tender_twice() -> None:
    assert [plan.tender.two_envelope for plan in PLANS].count(True) == 1
    assert [tender.two_envelope for tender, _, _ in AHEAD].count(True) == 1
    assert len({tender.code for tender in TENDERS}) == len(TENDERS)
    assert len({body.credit_code for body in (*OFFICIALS, *works.ENTITIES, *(one.body for one in cast.BIDDERS))}) == (
        len(OFFICIALS) + len(works.ENTITIES) + len(cast.BIDDERS)
    )
