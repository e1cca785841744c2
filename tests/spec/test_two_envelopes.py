"""Two envelopes 双信封: prices stay sealed until every judge has locked, then exactly the listed ones open."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import pytest_asyncio
from bidding_scene import refused
from envelopes import an_envelope, seal, start, upload, with_entry
from judging import Panel, a_panel, enter_experts
from leaks import whole_database
from onlookers import walk
from scenes import Hall, a_hall
from two_envelopes import PRICES, a_pair, a_two_envelope_tender, in_two_envelopes, start_pair, submitted_pair

from infra.crypto.keyset import parse_keyset
from infra.custody.policy import published_policy
from infra.custody.tables import Keyset
from infra.db.journal import Line
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from infra.tlog.policy import Policy, parse_policy
from trading.archive.actions import evidence_file
from trading.archive.verify import verify_evidence
from trading.bidding.actions import hand_in
from trading.bidding.envelopes import Second
from trading.bidding.tables import Bid, BidPart
from trading.evaluation.actions import publish_marks
from trading.opening.form import make_form, make_price_form
from trading.opening.hall import scene
from trading.opening.prices import open_prices
from trading.opening.states import Stage
from trading.opening.tables import BidOpening
from trading.publication.actions import publish_award, publish_candidates
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.wiring import LOG_NAME

NAMES = ("bidder1", "bidder2", "bidder3", "bidder4")
UNREADABLE, REJECTED = "bidder3", "bidder4"
GROUND = {"article": "TBR 51(3)", "reasons": "未对招标文件提出的实质性要求作出响应"}


@dataclass
class Court:
    """A tender in two envelopes told to its marks; what could be read while its prices were sealed."""

    hall: Hall
    section: str = ""
    panel: Panel | None = None
    bids: dict[str, str] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    sealed: dict[str, bytes] = field(default_factory=dict)
    keys_before: int = 0
    evidence: bytes = b""
    policy: Policy | None = None


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=[pytest.param("told", marks=pytest.mark.soak)])
async def court(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Court]:
    async with a_hall(postgres, template, objects, bidders=4) as hall:
        await enter_experts(hall)
        yield await told(Court(hall))


async def told(court: Court) -> Court:
    """Four bids; the second envelope of one does not open, another bid is rejected; up to the published marks."""
    hall = court.hall
    court.section = await a_two_envelope_tender(hall, 5)
    await refuse_bids(court)
    for login in NAMES:
        form = b"{}" if login == UNREADABLE else None
        pair = await a_pair(hall, court.section, login, price_form=form)
        court.bids[login] = (await submitted_pair(hall, court.section, login, pair)).id
    await hall.reach(court.section, SectionState.OPENED)
    court.panel = panel = await a_panel(hall, court.section)
    for number in range(1, 6):
        await panel.sign_in(number)
    await hall.until(lambda: checked(court))
    await panel.resolve({"kind": "rejection", "bid": court.bids[REJECTED], **GROUND})
    sheet = {bid: row for bid, row in (await panel.sheet()).items() if bid != court.bids[REJECTED]}
    for number in range(1, 5):
        await panel.lock(number, sheet)
    for _ in range(2):
        await hall.step()
    await look(court)
    await panel.lock(5, sheet)
    await hall.reach(court.section, SectionState.MARKED)
    await finish(court, panel)
    return court


async def finish(court: Court, panel: Panel) -> None:
    """Report, candidates, award, and the sealed evidence file."""
    hall, section = court.hall, court.section
    for number in range(1, 6):
        await panel.sign(number)
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_candidates(work, section)
    await hall.reach(section, SectionState.DETERMINED)
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_award(work, section)

    async def archived() -> bool:
        return (await hall.section(section)).evidence is not None

    await hall.until(archived)
    court.evidence = await evidence_file(hall.objects, await hall.section(section))
    async with hall.database.reading() as session:
        court.policy = parse_policy((await published_policy(session, hall.keys, LOG_NAME)).encode())


async def refuse_bids(court: Court) -> None:
    """Everything that is no bid in two envelopes."""
    hall, section = court.hall, court.section
    pair, other = await a_pair(hall, section), await a_pair(hall, section, "bidder2")
    signer = hall.signers["bidder1"]
    second = pair.second.manifest
    spoilt = {
        "another's signature": Second(pair.told.manifest, other.second.signature),
        "of the first round": resigned(signer, replace(second, round="1")),
        "another part": resigned(signer, replace(second, parts=(replace(second.parts[0], part="technical"),))),
        "too large": resigned(signer, replace(second, parts=with_entry(second, "price", size=1 << 21))),
    }
    for name, told_second in spoilt.items():
        court.refusals[name] = await refused(start_pair(hall, "bidder1", pair, told_second))
    court.refusals["one envelope"] = await refused(start(hall, "bidder1", await an_envelope(hall, section)))
    begun = await start_pair(hall, "bidder1", pair)
    await upload(hall, "bidder1", begun.id, pair.first)
    court.refusals["price missing"] = await refused(hand_in(hall.database, hall.actor("bidder1"), begun.id))
    court.refusals["priced to the first keyset"] = await refused(swapped(court))


async def swapped(court: Court) -> object:
    """A price that is sealed to the keyset of the first round."""
    hall, section = court.hall, court.section
    pair, code = await a_pair(hall, section), hall.bodies["bidder1"].credit_code
    price = seal(await hall.keyset(section), section, code, hall.signers["bidder1"], {"price": make_price_form("1.00")})
    second = resigned(hall.signers["bidder1"], replace(price.manifest, round="2"))
    begun = await start_pair(hall, "bidder1", pair, second)
    await upload(hall, "bidder1", begun.id, replace(pair, second=price).whole)
    return await hand_in(hall.database, hall.actor("bidder1"), begun.id)


def resigned(signer: Any, manifest: Any) -> Second:
    return Second(manifest.encode(), signer.sign(manifest.digest))


async def checked(court: Court) -> bool:
    return len(await court.hall.lines(Event.BID_FILES_CHECKED, section=court.section)) == len(NAMES)


async def look(court: Court) -> None:
    """Everything that can be read when all but one judge have locked."""
    court.sealed = {"database": await whole_database(court.hall)}
    for login in (None, "agent", "centre", "supervisor", "procurer", "bidder1", "bidder2"):
        pages = await walk(court.hall, court.section, login)
        court.sealed |= {f"{login or 'public'} {path}": page.encode() for path, page in pages.items()}
    court.keys_before = len(await released(court))
    await court.hall.jobs()
    await open_prices(court.hall.database, court.hall.objects, court.hall.keys, court.section)
    try:
        async with court.hall.database.work(SYSTEM) as work:
            await publish_marks(work, court.hall.keys.service, court.section)
    except Problem as problem:
        court.refusals["prices before the last lock"] = problem.code


async def released(court: Court) -> list[Line]:
    """The released keys of the second keyset."""
    keyset = (await court.hall.section(court.section)).second_keyset
    lines = await court.hall.lines(Event.KEY_RELEASED, section=court.section)
    return [line for line in lines if line.subject == keyset]


def written(price: str) -> tuple[bytes, ...]:
    """The ways in which a price may stand in a page or row."""
    whole = price.removesuffix(".00")
    return price.encode(), whole.encode(), f"{int(whole):,}".encode()


async def bid_of(court: Court, login: str) -> tuple[Bid, BidPart, BidOpening]:
    async with court.hall.database.reading() as session:
        bid = court.bids[login]
        return (
            await session.get_one(Bid, bid),
            await session.get_one(BidPart, (bid, "price")),
            await session.get_one(BidOpening, bid),
        )


async def test_prices_are_announced_after_the_marks_and_decide_the_ranking(court: Court) -> None:
    assert court.panel is not None
    evidence = (await court.panel.evaluation()).evidence
    counted = {court.bids[login]: {"price": PRICES[login]} for login in ("bidder1", "bidder2")}
    assert evidence["bids"] == counted
    assert sorted(evidence["out"]["order"]) == sorted(counted)


async def test_the_hall_tells_when_the_last_price_was_opened(court: Court) -> None:
    lines = await court.hall.lines(Event.PRICE_OPENED, section=court.section)
    async with court.hall.database.reading() as session:
        shown = await scene(session, await session.get_one(Section, court.section))
    assert shown.priced_at == max(line.at for line in lines)


async def test_technical_locked_lists_the_bids_that_the_committee_left_with_their_second_manifests(
    court: Court,
) -> None:
    [line] = await court.hall.lines(Event.TECHNICAL_LOCKED, section=court.section)
    expected = {}
    for login in ("bidder1", "bidder2", UNREADABLE):
        bid, _, _ = await bid_of(court, login)
        assert bid.second_digest is not None
        expected[bid.id] = b64(bid.second_digest)
    assert {row["bid"]: row["manifest"] for row in line.facts["bids"]} == expected
    assert line.facts["outcome"] == "open"


async def test_keys_of_the_second_envelopes_are_released_after_the_list_and_not_before(court: Court) -> None:
    [line] = await court.hall.lines(Event.TECHNICAL_LOCKED, section=court.section)
    assert court.keys_before == 0
    assert all(one.id > line.id for one in await released(court)) and await released(court)


async def test_nobody_reads_a_price_before_every_judge_has_locked(court: Court) -> None:
    told = [
        name
        for name, data in court.sealed.items()
        for price in PRICES.values()
        for way in written(price)
        if way in data
    ]
    assert told == []
    assert len(court.sealed) > 20


async def test_the_marks_are_not_published_before_the_last_judge_has_locked(court: Court) -> None:
    assert court.refusals["prices before the last lock"] == "marks.incomplete"


async def test_the_price_of_a_rejected_bid_stays_sealed(court: Court) -> None:
    bid, part, opening = await bid_of(court, REJECTED)
    assert "price" not in (bid.form or {}) and part.wrapped_key is None
    assert opening.stage == Stage.CHECKED


async def test_a_price_that_is_no_form_leaves_its_bid_out_by_the_bidders_fault(court: Court) -> None:
    bid, part, opening = await bid_of(court, UNREADABLE)
    assert (opening.stage, opening.part, opening.reason) == (Stage.REVOKED, "price", "opening-form.fields")
    assert "price" not in (bid.form or {}) and part.wrapped_key is None


async def test_a_bid_that_drops_out_at_its_price_does_not_count_in_the_evaluation(court: Court) -> None:
    assert court.panel is not None
    evidence = (await court.panel.evaluation()).evidence
    assert all(court.bids[UNREADABLE] not in row for row in evidence["marks"].values())


async def test_the_evidence_of_the_whole_tender_holds(court: Court) -> None:
    steps = {step.name: step.facts for step in verify_evidence(court.evidence, court.policy)}
    assert steps["second"] == {"opened": 2, "counted": 2}
    assert steps["result"]["price"] in (PRICES["bidder1"], PRICES["bidder2"])


async def test_the_opening_record_tells_no_price(court: Court) -> None:
    [line] = await court.hall.lines(Event.SECTION_OPENED, section=court.section)
    assert all("price" not in row["form"] for row in line.facts["record"])


async def test_the_notice_names_both_keysets_and_they_are_published_before_it(court: Court) -> None:
    [notice] = await court.hall.lines(Event.NOTICE_PUBLISHED, section=court.section)
    async with court.hall.database.reading() as session:
        section = await session.get_one(Section, court.section)
        second = await session.get_one(Keyset, section.second_keyset)
    assert second.digest is not None and second.document is not None
    assert notice.facts["facts"]["second_keyset"] == b64(second.digest)
    document = parse_keyset(second.document.encode())
    assert (document.release.event, document.round, document.release.minimum) == ("technical.locked", "2", 1)
    lines = await court.hall.lines(Event.KEYSET_PUBLISHED, section=court.section)
    assert {line.subject for line in lines if line.id < notice.id} >= {section.keyset, section.second_keyset}


REFUSALS = {
    "one envelope": "bid.envelopes",
    "another's signature": "signing.bad-signature",
    "of the first round": "seal.section",
    "another part": "bid.parts",
    "too large": "bid.too-large",
    "price missing": "bid.incomplete",
    "priced to the first keyset": "seal.section",
}


@pytest.mark.parametrize(("name", "code"), REFUSALS.items(), ids=REFUSALS.keys())
def test_what_is_no_bid_in_two_envelopes_is_refused(court: Court, name: str, code: str) -> None:
    assert court.refusals[name] == code


async def test_a_second_envelope_is_refused_where_one_is_asked_for(court: Court) -> None:
    hall = court.hall
    section = await hall.a_tender(600)
    envelope = await an_envelope(hall, section)
    second = Second(envelope.manifest.encode(), envelope.signature)
    pair = replace(await a_pair(hall, court.section), first=envelope)
    assert await refused(start_pair(hall, "bidder1", pair, second)) == "bid.envelopes"


async def test_changing_the_number_of_envelopes_asks_for_the_keysets_anew(court: Court) -> None:
    hall = court.hall
    section = await hall.a_draft()
    await in_two_envelopes(hall, section)
    await hall._keysets([section], 600)
    assert (await hall.section(section)).second_keyset is not None
    await in_two_envelopes(hall, section, two=False)
    assert (await hall.section(section)).keysets == ()


FORMS: dict[str, Callable[[], bytes]] = {
    "a price of nothing": lambda: make_price_form("0.00"),
    "no amount": lambda: make_price_form("much"),
}


@pytest.mark.parametrize(("make", "code"), [
    (FORMS["a price of nothing"], "opening-form.price"), (FORMS["no amount"], "money.not-an-amount"),
])  # fmt: skip
def test_a_price_form_that_says_no_price_is_refused(make: Callable[[], bytes], code: str) -> None:
    with pytest.raises(Problem) as caught:
        make()
    assert caught.value.code == code


def test_a_first_envelope_that_names_a_price_is_refused() -> None:
    from trading.opening.form import read_form

    with pytest.raises(Problem) as caught:
        read_form(make_form("1.00", "300", "合格", "甲"), first=True)
    assert caught.value.code == "opening-form.fields"
