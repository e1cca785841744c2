"""Marks: judges mark alone, bind themselves before anybody's marks can be read, and all are published (GPR 41, O1117)."""

import json

import pytest
from evaluated import Court
from leaks import found_in, whole_database
from sqlalchemy import select

from infra.kernel.canonical import b64, canonical
from infra.kernel.events import Event
from trading.bidding.tables import Bid
from trading.evaluation.evidence import recompute
from trading.evaluation.marks import judge_id
from trading.sections.states import SectionState
from web.demo import cast

pytestmark = pytest.mark.soak

REFUSED = {
    "wrong slip": "seat.unknown",
    "used slip": "seat.taken",
    "a conflict": "seat.conflict",
    "seat by a bidder": "permission.denied",
    "seat with another's key": "signing.bad-signature",
    "marks before all are seated": "marks.not-open",
    "a bid without marks": "evaluation.mark-missing",
    "a missing mark": "evaluation.mark-missing",
    "an empty sheet": "evaluation.mark-missing",
    "above the maximum": "evaluation.mark-range",
    "below zero": "evaluation.mark-range",
    "off the step": "evaluation.mark-step",
    "an unknown item": "evaluation.item-unknown",
    "an unknown bid": "evaluation.bid-unknown",
    "no number": "evidence.decimal",
    "another's seat": "seat.unknown",
    "another's key": "signing.bad-signature",
    "a bidder's marks": "permission.denied",
    "a short salt": "marks.salt",
    "a second lock": "marks.locked",
    "publishing before all have locked": "marks.incomplete",
    "publishing before co-signing": "NotYetError",
    "altered marks": "marks.contradiction",
    "report before the marks": "report.not-open",
    "report with another's key": "signing.bad-signature",
}
PRICE_SCORES = ["44.64", "47.10", "48.60", "45.93", "49.79", "47.75", "47.60"]


def written_marks(court: Court) -> list[bytes]:
    """Every judge's marks of every bid as our canonical JSON and as PostgreSQL would write them."""
    rows = [marks for sheet in court.sheets.values() for marks in sheet.values()]
    return [form for row in rows for form in (canonical(row), json.dumps(row, sort_keys=True).encode())]


@pytest.mark.parametrize("what", sorted(REFUSED))
async def test_what_is_refused_from_sign_in_to_report(court: Court, what: str) -> None:
    assert court.refusals[what] == REFUSED[what]


async def test_refused_marks_leave_nothing_behind(court: Court) -> None:
    assert len(await court.hall.lines(Event.MARKS_LOCKED, section=court.v2)) == 5


async def test_before_all_have_locked_nobodys_marks_stand_in_clear_anywhere(court: Court) -> None:
    assert found_in(court.database_before_the_last_lock, written_marks(court)) == []


async def test_the_same_search_finds_them_once_they_are_published(court: Court) -> None:
    assert found_in(await whole_database(court.hall), written_marks(court)) != []


async def test_before_all_have_locked_no_response_tells_a_mark(court: Court) -> None:
    assert court.panel is not None
    commitments = [line.facts["commitment"] for line in await court.hall.lines(Event.MARKS_LOCKED, section=court.v2)]
    read = b"\n".join(court.responses_before_the_last_lock.values())
    assert found_in(read, [*written_marks(court), *map(str.encode, commitments)]) == []


async def test_before_all_have_locked_only_the_centre_reads_the_names_of_those_who_have_signed_in(court: Court) -> None:
    names = {expert.name.encode() for expert in cast.EXPERTS}
    identities = [expert.identity.encode() for expert in cast.EXPERTS]
    naming = {path: found_in(page, list(names)) for path, page in court.responses_before_the_last_lock.items()}
    assert [path for path, found in naming.items() if found] == [f"centre /sections/{court.v2}/seats"]
    assert found_in(b"\n".join(court.responses_before_the_last_lock.values()), identities) == []


async def test_marks_are_published_only_after_every_commitment(court: Court) -> None:
    locked = await court.hall.lines(Event.MARKS_LOCKED, section=court.v2)
    [published] = await court.hall.lines(Event.MARKS_PUBLISHED, section=court.v2)
    assert all(line.leaf is not None and published.leaf is not None for line in locked)
    assert max(line.leaf or 0 for line in locked) < (published.leaf or 0)


async def test_every_judges_every_mark_is_published_as_it_was_locked(court: Court) -> None:
    [published] = await court.hall.lines(Event.MARKS_PUBLISHED, section=court.v2)
    told = {judge: one["marks"] for judge, one in published.facts["sheets"].items()}
    assert told == {judge_id(number): sheet for number, sheet in court.sheets.items()}


async def test_the_evaluation_is_what_anybody_recomputes(court: Court) -> None:
    assert court.panel is not None
    evidence = (await court.panel.evaluation()).evidence
    assert recompute({name: value for name, value in evidence.items() if name != "out"}) == evidence


async def test_the_benchmark_and_the_price_scores_are_those_of_worked_example_v2(court: Court) -> None:
    assert court.panel is not None
    out = (await court.panel.evaluation()).evidence["out"]
    async with court.hall.database.reading() as session:
        bids = {
            bid.bidder: bid.id for bid in (await session.execute(select(Bid).where(Bid.section == court.v2))).scalars()
        }
    ids = [bids[court.hall.bodies[f"bidder{number}"].id] for number in range(1, 8)]
    assert out["benchmark"] == "9349200.00"
    assert [out["price"][bid] for bid in ids] == PRICE_SCORES


async def test_every_judge_signed_the_same_report_once(court: Court) -> None:
    assert court.panel is not None
    signed = await court.hall.lines(Event.REPORT_SIGNED, section=court.v2)
    digest = b64((await court.panel.evaluation()).digest)
    assert sorted(line.facts["judge"] for line in signed) == ["J1", "J2", "J3", "J4", "J5"]
    assert {line.facts["report"] for line in signed} == {digest}


async def test_judges_appear_by_number_never_by_name(court: Court) -> None:
    lines = await court.hall.lines(
        Event.JUDGE_SIGNED_IN, Event.MARKS_LOCKED, Event.MARKS_PUBLISHED, Event.REPORT_SIGNED, section=court.v2
    )
    told = "".join(str(line.facts) + (line.preimage or "") for line in lines).encode()
    assert found_in(told, [expert.name.encode() for expert in cast.EXPERTS]) == []


async def test_with_the_last_signature_the_section_is_reported(court: Court) -> None:
    assert await court.hall.in_state(
        court.v2, SectionState.REPORTED, SectionState.PUBLICITY, SectionState.DETERMINED, SectionState.NOTIFIED
    )
