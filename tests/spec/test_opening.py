"""Opening 开标: every listed bid opens once; one bid's failure never holds up the others (EBM 29-32)."""

import asyncio
from dataclasses import dataclass, replace
from io import BytesIO

import pytest
import pytest_asyncio
from bidding_scene import blocks_of
from envelopes import Envelope, an_envelope, plaintexts, seal, submitted, with_entry
from scenes import Hall
from sqlalchemy import select, update

from infra.auth.keys import KeyService
from infra.crypto.manifest import bidder_line
from infra.crypto.merkle import leaf_hash, root
from infra.crypto.seal import open_bytes, seal_stream
from infra.crypto.seal_blocks import PLAINTEXT_BLOCK, block_root
from infra.crypto.seal_key import commitment, new_header
from infra.crypto.seal_suite import X25519, find_suite
from infra.edge import random_bytes
from infra.jobs import NotYetError
from infra.kernel.canonical import canonical, unb64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from infra.settings import ObjectAddress
from trading.bidding.states import BidState
from trading.bidding.tables import Bid, BidBlock, BidPart
from trading.bidding.uploads import BUCKET, block_key, manifest_of
from trading.opening.files import check_files
from trading.opening.form import FORM as FORM_PART
from trading.opening.opening import open_section
from trading.opening.queries import left_out, opening_progress
from trading.opening.rules import FAULT
from trading.opening.states import Cause, Stage
from trading.opening.tables import BidOpening
from trading.sections.states import SectionState

FORM = {"format": "opening-form/v1", "price": "9000000.00", "duration": "300", "quality": "合格", "leader": "某人"}
SPOILT_FORMS = {
    "bidder4": (b"not a form at all", "json.bad"),
    "bidder5": (canonical({**FORM, "leader": "nul\0nul"}), "opening-form.text"),
    "bidder6": (canonical({**FORM, "price": "\0"}), "opening-form.text"),
    "bidder7": (canonical({**FORM, "price": "0.00"}), "opening-form.price"),
    "bidder8": (canonical({**FORM, "more": "than asked"}), "opening-form.fields"),
}


@dataclass
class Opened:
    """Two sections opened: one whose forms are spoilt, one whose containers are; and one without the third custodian."""

    forms: str
    containers: str
    two_keys: str
    expected: dict[str, tuple[str, str, Cause]]
    states_in_outage: set[str]
    reasons_in_fault: set[tuple[str | None, str | None]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(hall: Hall) -> Opened:
    forms, containers, two_keys = await hall.tenders(3, 5)
    for section in (forms, containers, two_keys):
        await asyncio.gather(*(submitted(hall, section, login) for login in ("bidder1", "bidder2", "bidder3")))
    for login, (form, _) in SPOILT_FORMS.items():
        await submitted(hall, forms, login, await an_envelope(hall, forms, login, form=form))
    expected = await _spoil(hall, containers)
    hall.absent.add("supervisor")
    in_outage = await _open_without_a_store(hall, two_keys)
    in_fault = await _open_with_a_fault(hall, two_keys)
    await hall.reach(two_keys, SectionState.OPENED)
    hall.absent.clear()
    await hall.reach(forms, SectionState.OPENED)
    await hall.reach(containers, SectionState.OPENED)
    await hall.until(lambda: _checked(hall, forms, containers, two_keys))
    return Opened(forms, containers, two_keys, expected, in_outage, in_fault)


async def _checked(hall: Hall, *sections: str) -> bool:
    async with hall.database.reading() as session:
        found = [await opening_progress(session, section) for section in sections]
    return all(one.checked + one.left_out + one.waiting == one.listed for one in found)


async def _open_without_a_store(hall: Hall, section: str) -> set[str]:
    """The keys are released, but the object store is away when the job runs; the states of the bids afterwards."""
    deadline = (await hall.section(section)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    while len(await hall.lines(Event.KEY_RELEASED, section=section)) < 2:
        await hall.due()
        await hall.beat()
        await hall.poll_all()
    away = Objects(ObjectAddress("127.0.0.1:1", "no", "body"), connect=0.2, read=0.2)
    with pytest.raises(NotYetError):
        await open_section(hall.database, away, hall.keys, section)
    away.close()
    return {bid.state for bid in (await bids(hall, section)).values()}


async def _open_with_a_fault(hall: Hall, section: str) -> set[tuple[str | None, str | None]]:
    """A program whose client of the store is shut down already runs the job; then reasons and causes."""
    broken = Objects(ObjectAddress("127.0.0.1:1", "no", "body"))
    broken.close()
    for _ in range(2):
        with pytest.raises(NotYetError):
            await open_section(hall.database, broken, hall.keys, section)
    return {(one.reason, one.cause) for one in (await stages(hall, section)).values()}


async def _spoil(hall: Hall, section: str) -> dict[str, tuple[str, str, Cause]]:
    """Five bids that cannot open, by bidder with the part, the reasons to expect (one of them) and the cause."""
    await submitted(hall, section, "bidder4", await crooked_shares(hall, section, "bidder4"))
    await submitted(hall, section, "bidder5", await false_commitment(hall, section, "bidder5"))
    await submitted(hall, section, "bidder6", await cut_short(hall, section, "bidder6"))
    await damage(hall, (await submitted(hall, section, "bidder7")).id)
    await lose(hall, (await submitted(hall, section, "bidder8")).id)
    return {
        "bidder4": ("technical", "seal.commitment seal.share", Cause.BIDDER),
        "bidder5": ("opening-form", "seal.commitment", Cause.BIDDER),
        "bidder6": ("technical", "seal.chunk seal.truncated", Cause.BIDDER),
        "bidder7": ("technical", "bid.damaged", Cause.PLATFORM),
        "bidder8": ("commercial", "bid.damaged", Cause.PLATFORM),
    }


async def crooked_shares(hall: Hall, section: str, login: str) -> Envelope:
    """The second custodian's share is not on the others' polynomial."""
    keyset, whole = await hall.keyset(section), await an_envelope(hall, section, login)
    line = bidder_line(whole.manifest.bidder_salt, hall.bodies[login].credit_code)
    header, key = new_header(keyset, "technical", line, None, random_bytes)
    wrapped = find_suite(X25519).wrap(
        keyset.custodians[1].key, random_bytes(32) + b"\2", header.pre() + b"share 2", random_bytes
    )
    sink = BytesIO()
    shares = (header.shares[0], wrapped, header.shares[2])
    sealed = seal_stream(BytesIO(b"technical"), sink, replace(header, shares=shares), key, random_bytes)
    parts = (*whole.manifest.parts[:2], sealed.entry("technical"))
    return replace(
        whole.resigned(hall.signers[login], parts=parts),
        containers={**whole.containers, "technical": sink.getvalue()},
    )


async def false_commitment(hall: Hall, section: str, login: str) -> Envelope:
    """The manifest commits to another plaintext than the container holds."""
    whole = await an_envelope(hall, section, login)
    parts = with_entry(whole.manifest, "opening-form", commit=bytes(32))
    return whole.resigned(hall.signers[login], parts=parts)


async def cut_short(hall: Hall, section: str, login: str) -> Envelope:
    """The container was cut by its bidder, and the manifest lists it so."""
    whole = await an_envelope(hall, section, login)
    container = whole.containers["technical"][:-5]
    parts = with_entry(whole.manifest, "technical", size=len(container), root=root([leaf_hash(container)]))
    return replace(
        whole.resigned(hall.signers[login], parts=parts), containers={**whole.containers, "technical": container}
    )


async def damage(hall: Hall, bid: str) -> None:
    """The store gives other bytes than it was given."""
    [block] = [one for one in await blocks_of(hall, bid) if one.part == "technical"]
    key = block_key(bid, block.part, block.number)
    data = bytearray(await hall.objects.get(BUCKET, key, block.version))
    data[-1] ^= 1
    version = await hall.objects.put(BUCKET, key, bytes(data))
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(
            update(BidBlock).where(BidBlock.bid == bid, BidBlock.part == "technical").values(version=version)
        )


async def lose(hall: Hall, bid: str) -> None:
    """The store has lost an object."""
    [block] = [one for one in await blocks_of(hall, bid) if one.part == "commercial"]
    await hall.objects.delete(BUCKET, block_key(bid, block.part, block.number), block.version)


async def bids(hall: Hall, section: str) -> dict[str, Bid]:
    logins = {body.id: login for login, body in hall.bodies.items()}
    async with hall.database.reading() as session:
        rows = (await session.execute(select(Bid).where(Bid.section == section))).scalars()
        return {logins[bid.bidder]: bid for bid in rows}


async def stages(hall: Hall, section: str) -> dict[str, BidOpening]:
    logins = {bid.id: login for login, bid in (await bids(hall, section)).items()}
    async with hall.database.reading() as session:
        rows = (await session.execute(select(BidOpening).where(BidOpening.section == section))).scalars()
        return {logins[one.bid]: one for one in rows}


async def test_sound_bids_open_beside_those_that_cannot(hall: Hall, opened: Opened) -> None:
    for section in (opened.forms, opened.containers):
        found = await stages(hall, section)
        assert {login for login, one in found.items() if one.stage == Stage.CHECKED} == {
            "bidder1",
            "bidder2",
            "bidder3",
        }


async def test_every_form_is_read_out_before_any_file_is_checked(hall: Hall, opened: Opened) -> None:
    [record] = await hall.lines(Event.SECTION_OPENED, section=opened.containers)
    announced = await hall.lines(Event.BID_OPENED, section=opened.containers)
    checked = await hall.lines(Event.BID_FILES_CHECKED, section=opened.containers)
    assert (len(announced), len(checked)) == (7, 3)
    assert max(line.id for line in announced) < record.id < min(line.id for line in checked)


async def test_what_the_check_of_the_files_has_come_to_can_be_counted(hall: Hall, opened: Opened) -> None:
    async with hall.database.reading() as session:
        found = await opening_progress(session, opened.containers)
    counts = (found.listed, found.announced, found.checked, found.left_out, found.waiting, found.halted)
    assert counts == (8, 7, 3, 3, 2, False)


async def test_a_bid_left_out_for_its_files_takes_no_part_though_its_form_was_read_out(
    hall: Hall, opened: Opened
) -> None:
    found = await bids(hall, opened.containers)
    async with hall.database.reading() as session:
        out = await left_out(session, opened.containers)
    assert {login for login, bid in found.items() if bid.id in out} == {"bidder4", "bidder5", "bidder6"}
    assert {login for login, bid in found.items() if bid.form is not None and bid.id in out} == {"bidder4", "bidder6"}


@pytest.mark.parametrize("login", sorted(SPOILT_FORMS))
async def test_a_form_that_cannot_be_read_leaves_its_bid_unopened_with_the_reason(
    hall: Hall, opened: Opened, login: str
) -> None:
    bid = (await bids(hall, opened.forms))[login]
    assert (bid.state, bid.trouble and bid.trouble["code"]) == (BidState.UNOPENED, SPOILT_FORMS[login][1])


@pytest.mark.parametrize("login", ["bidder4", "bidder5", "bidder6", "bidder7", "bidder8"])
async def test_a_container_that_cannot_be_opened_is_recorded_with_its_cause(
    hall: Hall, opened: Opened, login: str
) -> None:
    part, reasons, cause = opened.expected[login]
    found, bid = (await stages(hall, opened.containers))[login], (await bids(hall, opened.containers))[login]
    assert (found.part, found.cause) == (part, cause) and found.reason in reasons.split()
    assert bid.trouble is not None and bid.trouble["code"] == found.reason


async def test_the_bidders_fault_revokes_and_damaged_bytes_wait_for_the_bidder_to_send_them_again(
    hall: Hall, opened: Opened
) -> None:
    found = await stages(hall, opened.containers)
    after = {login: found[login].stage for login in opened.expected}
    assert after == {
        "bidder4": Stage.REVOKED,
        "bidder5": Stage.REVOKED,
        "bidder6": Stage.REVOKED,
        "bidder7": Stage.FILES_WAIT,
        "bidder8": Stage.FILES_WAIT,
    }


async def test_a_cause_is_logged_with_the_part_and_the_reason(hall: Hall, opened: Opened) -> None:
    lines = await hall.lines(Event.BID_UNOPENED, section=opened.containers)
    found = {one.bid: one for one in (await stages(hall, opened.containers)).values() if one.cause is not None}
    assert {line.subject: (line.facts["part"], line.facts["reason"], line.facts["cause"]) for line in lines} == {
        bid: (one.part, one.reason, one.cause) for bid, one in found.items()
    }


async def test_every_listed_bid_has_exactly_one_outcome_in_the_log(hall: Hall, opened: Opened) -> None:
    for section in (opened.forms, opened.containers, opened.two_keys):
        [closed] = await hall.lines(Event.SECTION_CLOSED, section=section)
        told = await hall.lines(Event.BID_OPENED, Event.BID_UNOPENED, section=section)
        of_forms = [
            line.subject
            for line in told
            if line.facts.get("part", FORM_PART) == FORM_PART and line.facts.get("reason") != FAULT
        ]
        assert sorted(of_forms) == [row["bid"] for row in closed.facts["bids"]]


async def test_the_opening_record_names_every_bid_with_its_announced_items_or_none(hall: Hall, opened: Opened) -> None:
    [line] = await hall.lines(Event.SECTION_OPENED, section=opened.containers)
    found = await bids(hall, opened.containers)
    assert {row["bid"]: row["form"] for row in line.facts["record"]} == {bid.id: bid.form for bid in found.values()}
    by_login = {
        login: next(row for row in line.facts["record"] if row["bid"] == bid.id) for login, bid in found.items()
    }
    assert {login: (row["state"], row["cause"]) for login, row in by_login.items()} == {
        **{f"bidder{number}": ("opened", None) for number in (1, 2, 3, 4, 6, 7, 8)},
        "bidder5": ("revoked", "bidder"),
    }


async def test_the_announced_items_are_the_bidders_own(hall: Hall, opened: Opened) -> None:
    found = await bids(hall, opened.forms)
    for login in ("bidder1", "bidder2", "bidder3"):
        assert canonical(found[login].form) == plaintexts(login)["opening-form"]


async def test_an_announced_form_reproduces_the_bidders_commitment(hall: Hall, opened: Opened) -> None:
    found = {bid.id: bid for bid in (await bids(hall, opened.forms)).values()}
    for line in await hall.lines(Event.BID_OPENED, section=opened.forms):
        data = block_root([line.facts["form"].encode()], PLAINTEXT_BLOCK)
        promised = manifest_of(found[line.subject]).entry("opening-form").commit
        assert commitment(unb64(line.facts["form_salt"]), data) == promised


async def test_two_keys_suffice_when_the_third_custodian_is_away(hall: Hall, opened: Opened) -> None:
    opening = (await hall.lines(Event.SECTION_OPENED, section=opened.two_keys))[0].id
    released = [line for line in await hall.lines(Event.KEY_RELEASED, section=opened.two_keys) if line.id < opening]
    assert {line.facts["custodian"].split(".")[0] for line in released} == {"agent", "centre"}


async def test_a_key_that_comes_late_is_still_taken_and_logged(hall: Hall, opened: Opened) -> None:
    released = await hall.lines(Event.KEY_RELEASED, section=opened.two_keys)
    assert len(released) == 3
    assert len(await hall.lines(Event.SECTION_OPENED, section=opened.two_keys)) == 1


async def test_opening_again_changes_nothing(hall: Hall, opened: Opened) -> None:
    for section, checked in ((opened.forms, 3), (opened.containers, 3)):
        before = len(await hall.lines(Event.BID_UNOPENED, section=section))
        await open_section(hall.database, hall.objects, hall.keys, section)
        await check_files(hall.database, hall.objects, hall.keys, section)
        assert len(await hall.lines(Event.SECTION_OPENED, section=section)) == 1
        assert len(await hall.lines(Event.BID_FILES_CHECKED, section=section)) == checked
        assert len(await hall.lines(Event.BID_UNOPENED, section=section)) == before


async def test_after_the_opening_input_keys_are_kept_only_wrapped(hall: Hall, opened: Opened) -> None:
    for login, bid in (await bids(hall, opened.forms)).items():
        async with hall.database.reading() as session:
            parts = list((await session.execute(select(BidPart).where(BidPart.bid == bid.id))).scalars())
        for part in parts:
            assert (part.wrapped_key is not None) == (bid.state == BidState.OPENED), login
            if part.wrapped_key is not None:
                key = hall.keys.service.unwrap("bid input key", f"{bid.id}/{part.part}", part.wrapped_key)
                assert len(key) == 32 and key not in part.wrapped_key


async def test_a_wrapped_input_key_opens_for_no_other_bid(hall: Hall, opened: Opened) -> None:
    service: KeyService = hall.keys.service
    one, other = [bid for bid in (await bids(hall, opened.forms)).values() if bid.state == BidState.OPENED][:2]
    async with hall.database.reading() as session:
        part = await session.get_one(BidPart, (one.id, "technical"))
    assert part.wrapped_key is not None
    with pytest.raises(Problem):
        service.unwrap("bid input key", f"{other.id}/technical", part.wrapped_key)


async def test_a_store_that_is_away_is_waited_for_and_no_bid_is_left_unopened(hall: Hall, opened: Opened) -> None:
    assert opened.states_in_outage == {BidState.SUBMITTED}
    assert {bid.state for bid in (await bids(hall, opened.two_keys)).values()} == {BidState.OPENED}


async def test_a_fault_of_ours_is_nobodys_cause_logged_once_and_tried_again_until_the_bids_open(
    hall: Hall, opened: Opened
) -> None:
    assert opened.reasons_in_fault == {(FAULT, Cause.UNKNOWN)}
    lines = await hall.lines(Event.BID_UNOPENED, section=opened.two_keys)
    assert [line.facts["part"] for line in lines] == [FORM_PART] * 3
    found = await stages(hall, opened.two_keys)
    assert {(one.stage, one.cause) for one in found.values()} == {(Stage.CHECKED, None)}


async def test_before_its_keys_are_released_a_container_opens_to_nobody(hall: Hall) -> None:
    section = await hall.a_tender(60)
    envelope = seal(
        await hall.keyset(section), section, hall.bodies["bidder1"].credit_code, hall.signers["bidder1"],
        plaintexts("bidder1"),
    )  # fmt: skip
    for keys in ({}, {1: random_bytes(32), 2: random_bytes(32)}):
        with pytest.raises(Problem):
            open_bytes(envelope.containers["technical"], keys)
