"""A bid that does not open: whose fault, who decides, what may be sent again, and when a section stops (rules §3)."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from bidding_scene import blocks_of, refused
from envelopes import Envelope, an_envelope, submitted, with_entry
from judging_room import policy, sealed_evidence
from scenes import Hall
from sqlalchemy import select, text, update

from infra.crypto.merkle import leaf_hash, root
from infra.db.journal import Line
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.archive.verify import verify_evidence
from trading.bidding.tables import Bid, BidBlock
from trading.bidding.uploads import BUCKET, block_key
from trading.notices.kinds import NoticeKind
from trading.notices.queries import section_notices
from trading.opening.actions import continue_opening, decide_cause, fail_opening, restore_block
from trading.opening.files import check_files
from trading.opening.form import FORM, LARGEST_CONTAINER
from trading.opening.opening import open_section
from trading.opening.queries import Progress, opening_progress, require_files_checked
from trading.opening.states import Cause, Stage
from trading.opening.tables import BidOpening
from trading.sections.states import SectionState

pytestmark = pytest.mark.soak

THREE = ("bidder1", "bidder2", "bidder3")
REASONS = "存储日志显示该对象在截止后损坏，投标人无过错"


@dataclass
class Causes:
    """Three sections: bids that wait, bids that are too few, bids of which none opens; what was refused by name."""

    waiting: str
    few: str
    none: str
    bids: dict[str, str] = field(default_factory=dict)
    form: bytes = b""
    refusals: dict[str, str] = field(default_factory=dict)
    stages: dict[str, dict[str, BidOpening]] = field(default_factory=dict)
    progress: dict[str, Progress] = field(default_factory=dict)
    states: dict[str, SectionState] = field(default_factory=dict)

    async def refuse(self, name: str, call: Awaitable[object]) -> None:
        self.refusals[name] = await refused(call)

    async def note(self, hall: Hall, name: str, section: str) -> None:
        """Keep how a section and its bids stand at this moment."""
        logins = {body.id: login for login, body in hall.bodies.items()}
        wanted = select(Bid.bidder, BidOpening).join(BidOpening).where(BidOpening.section == section)
        async with hall.database.reading() as session:
            self.stages[name] = {logins[bidder]: one for bidder, one in await session.execute(wanted)}
            self.progress[name] = await opening_progress(session, section)
        self.states[name] = SectionState((await hall.section(section)).state)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def causes(hall: Hall) -> Causes:
    found = Causes(*await hall.tenders(3, 5))
    await _hand_in(hall, found)
    deadline = (await hall.section(found.waiting)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    await hall.due()
    await _unlist(hall, found.waiting, found.bids["unlogged"])
    await _overwrite(hall, found.bids["overwritten"])
    await hall.until(lambda: _announced(hall, found))
    await _wait(hall, found)
    await _halt(hall, found)
    return found


async def _hand_in(hall: Hall, found: Causes) -> None:
    for section in (found.waiting, found.few):
        for login in THREE[: 3 if section == found.waiting else 1]:
            found.bids[f"{section} {login}"] = (await submitted(hall, section, login)).id
    whole = await an_envelope(hall, found.waiting, "bidder4")
    found.form = whole.containers[FORM]
    found.bids["damaged"] = (await submitted(hall, found.waiting, "bidder4", whole)).id
    await _lose(hall, found.bids["damaged"])
    false = await _false_commitment(hall, found.waiting, "bidder5")
    found.bids["unlogged"] = (await submitted(hall, found.waiting, "bidder5", false)).id
    found.bids["overwritten"] = (await submitted(hall, found.waiting, "bidder6")).id
    for login, spoilt in (("bidder2", _cut_short), ("bidder3", _false_commitment)):
        await submitted(hall, found.few, login, await spoilt(hall, found.few, login))
    large = b"x" * LARGEST_CONTAINER
    for login in THREE:
        await submitted(hall, found.none, login, await an_envelope(hall, found.none, login, form=large))


async def _false_commitment(hall: Hall, section: str, login: str) -> Envelope:
    whole = await an_envelope(hall, section, login)
    return whole.resigned(hall.signers[login], parts=with_entry(whole.manifest, FORM, commit=bytes(32)))


async def _cut_short(hall: Hall, section: str, login: str) -> Envelope:
    """The technical part was cut by its bidder, and the manifest lists it so."""
    whole = await an_envelope(hall, section, login)
    container = whole.containers["technical"][:-5]
    parts = with_entry(whole.manifest, "technical", size=len(container), root=root([leaf_hash(container)]))
    cut = whole.resigned(hall.signers[login], parts=parts)
    return Envelope(cut.manifest, {**whole.containers, "technical": container}, cut.signature, cut.certificate)


async def _lose(hall: Hall, bid: str) -> None:
    [block] = [one for one in await blocks_of(hall, bid) if one.part == FORM]
    await hall.objects.delete(BUCKET, block_key(bid, FORM, 0), block.version)


async def _unlist(hall: Hall, section: str, bid: str) -> None:
    """Somebody who holds the database takes a bid out of the journal's frozen list."""
    [line] = await hall.lines(Event.SECTION_CLOSED, section=section)
    left = [one for one in line.facts["bids"] if one["bid"] != bid]
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(text("ALTER TABLE journal DISABLE TRIGGER append_only"))
        await work.session.execute(update(Line).where(Line.id == line.id).values(facts={**line.facts, "bids": left}))


async def _overwrite(hall: Hall, bid: str) -> None:
    """Somebody who holds the database overwrites a signed manifest."""
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(Bid).where(Bid.id == bid).values(manifest="no manifest"))


async def _announced(hall: Hall, found: Causes) -> bool:
    """Whether every form of the three sections is announced, left out or waiting."""
    async with hall.database.reading() as session:
        seen = [await opening_progress(session, one) for one in (found.waiting, found.few, found.none)]
    return all(one.listed and one.announced + one.left_out + one.waiting >= one.listed for one in seen)


async def _wait(hall: Hall, found: Causes) -> None:
    """The store lost a form, and a cause is unknown: nobody but an officer and the bidder moves anything."""
    section, damaged, unlogged = found.waiting, found.bids["damaged"], found.bids["unlogged"]
    await found.note(hall, "waiting", section)
    await _refuse_decisions(hall, found)
    await _refuse_restoring(hall, found)
    await restore(hall, "bidder4", damaged, found.form)
    await hall.step()
    await found.note(hall, "restored", section)
    await found.refuse("restored twice", restore(hall, "bidder4", damaged, found.form))
    await decide(hall, unlogged, Cause.PLATFORM)
    await decide(hall, found.bids["overwritten"], Cause.PLATFORM)
    await found.refuse("decided twice", decide(hall, unlogged, Cause.BIDDER))
    await open_section(hall.database, hall.objects, hall.keys, section)
    await found.note(hall, "opened", section)
    await found.refuse("marks before the files are checked", _may_mark(hall, section))
    await asyncio.gather(*(check_files(hall.database, hall.objects, hall.keys, section) for _ in range(3)))
    await _may_mark(hall, section)
    await found.note(hall, "checked", section)


async def _refuse_decisions(hall: Hall, found: Causes) -> None:
    damaged, unlogged, sound = found.bids["damaged"], found.bids["unlogged"], found.bids[f"{found.waiting} bidder1"]
    await found.refuse("decided by the agent", decide(hall, unlogged, Cause.BIDDER, login="agent"))
    await found.refuse("decided by a bidder", decide(hall, unlogged, Cause.PLATFORM, login="bidder5"))
    await found.refuse("decided as unknown", decide(hall, unlogged, Cause.UNKNOWN))
    await found.refuse("decided without reasons", decide(hall, unlogged, Cause.PLATFORM, reasons=" \n"))
    await found.refuse("decided at length", decide(hall, unlogged, Cause.PLATFORM, reasons="长" * 2001))
    await found.refuse("blame for lost bytes", decide(hall, damaged, Cause.BIDDER))
    await found.refuse("cause of a sound bid", decide(hall, sound, Cause.BIDDER))
    await found.refuse("cause of no bid", decide(hall, "bid-nobody", Cause.BIDDER))
    await found.refuse("continued though not halted", continued(hall, found.waiting))
    await found.refuse("marks while a cause is open", _may_mark(hall, found.waiting))


async def _refuse_restoring(hall: Hall, found: Causes) -> None:
    damaged, sound = found.bids["damaged"], found.bids[f"{found.waiting} bidder1"]
    await found.refuse("restored by the agent", restore(hall, "agent", damaged, found.form))
    await found.refuse("restored by another", restore(hall, "bidder1", damaged, found.form))
    await found.refuse("restored with other bytes", restore(hall, "bidder4", damaged, found.form[:-1] + b"x"))
    await found.refuse("a block there is not", restore(hall, "bidder4", damaged, found.form, number=1))
    await found.refuse("restored though sound", restore(hall, "bidder1", sound, found.form))


async def _halt(hall: Hall, found: Causes) -> None:
    """One of three forms is spoilt by its bidder, later one of two bids' files; of the last section nothing opens."""
    section = found.few
    await found.note(hall, "two forms", section)
    await found.refuse("continued by the agent", continued(hall, section, login="agent"))
    await found.refuse("continued without reasons", continued(hall, section, reasons=""))
    await found.refuse("failed by a bidder", failed(hall, section, login="bidder1"))
    await found.refuse("failed without reasons", failed(hall, section, reasons="\t"))
    await continued(hall, section)
    await hall.reach(section, SectionState.OPENED)
    await hall.until(lambda: _halted(hall, section))
    await found.note(hall, "one file", section)
    await found.refuse("marks while halted", _may_mark(hall, section))
    await failed(hall, section)
    await found.refuse("continued after the failure", continued(hall, section))
    await found.note(hall, "failed", section)
    await found.note(hall, "nothing", found.none)
    await found.refuse("continued with nothing", continued(hall, found.none))
    await failed(hall, found.none)
    await hall.step()
    await found.note(hall, "nothing failed", found.none)


async def _halted(hall: Hall, section: str) -> bool:
    async with hall.database.reading() as session:
        return (await opening_progress(session, section)).halted


async def _may_mark(hall: Hall, section: str) -> None:
    async with hall.database.reading() as session:
        await require_files_checked(session, section)


async def decide(hall: Hall, bid: str, cause: Cause, *, login: str = "centre", reasons: str = REASONS) -> None:
    async with hall.database.work(hall.actor(login)) as work:
        await decide_cause(work, bid, cause, reasons)


async def restore(hall: Hall, login: str, bid: str, data: bytes, *, number: int = 0) -> None:
    await restore_block(hall.database, hall.objects, hall.actor(login), bid, FORM, number, data)


async def continued(hall: Hall, section: str, *, login: str = "centre", reasons: str = REASONS) -> None:
    async with hall.database.work(hall.actor(login)) as work:
        await continue_opening(work, section, reasons)


async def failed(hall: Hall, section: str, *, login: str = "centre", reasons: str = REASONS) -> None:
    async with hall.database.work(hall.actor(login)) as work:
        await fail_opening(work, section, reasons)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("decided by the agent", "permission.denied"),
        ("decided by a bidder", "permission.denied"),
        ("decided as unknown", "opening.cause"),
        ("decided without reasons", "opening.reasons"),
        ("decided at length", "opening.reasons"),
        ("blame for lost bytes", "opening.cause"),
        ("cause of a sound bid", "opening.not-undecided"),
        ("cause of no bid", "opening.no-bid"),
        ("decided twice", "opening.not-undecided"),
        ("restored by the agent", "permission.denied"),
        ("restored by another", "bid.unknown"),
        ("restored with other bytes", "bid.block-differs"),
        ("a block there is not", "bid.part"),
        ("restored though sound", "bid.not-damaged"),
        ("restored twice", "bid.not-damaged"),
        ("marks while a cause is open", "opening.undecided"),
        ("marks before the files are checked", "opening.files-unchecked"),
        ("marks while halted", "opening.halted"),
        ("continued though not halted", "opening.not-halted"),
        ("continued by the agent", "permission.denied"),
        ("continued without reasons", "opening.reasons"),
        ("continued with nothing", "opening.nothing-left"),
        ("continued after the failure", "opening.not-halted"),
        ("failed by a bidder", "permission.denied"),
        ("failed without reasons", "opening.reasons"),
    ],
)
async def test_what_may_not_be_done_about_an_opening_is_refused_with_its_code(
    causes: Causes, name: str, code: str
) -> None:
    assert causes.refusals[name] == code


async def test_a_cause_that_waits_holds_up_the_record_but_nobody_elses_price(causes: Causes) -> None:
    found = causes.stages["waiting"]
    assert {login: one.stage for login, one in found.items()} == {
        **dict.fromkeys(THREE, Stage.ANNOUNCED),
        "bidder4": Stage.FORM_WAITS,
        "bidder5": Stage.FORM_WAITS,
        "bidder6": Stage.FORM_WAITS,
    }
    assert causes.states["waiting"] is SectionState.DECRYPTING


async def test_bytes_that_the_store_lost_are_the_platforms_fault(causes: Causes) -> None:
    one = causes.stages["waiting"]["bidder4"]
    assert (one.part, one.reason, one.cause) == (FORM, "bid.damaged", Cause.PLATFORM)


async def test_the_bidder_is_not_blamed_where_the_platforms_own_steps_are_not_logged(causes: Causes) -> None:
    one = causes.stages["waiting"]["bidder5"]
    assert (one.part, one.reason, one.cause) == (FORM, "seal.commitment", Cause.UNKNOWN)


async def test_a_manifest_that_somebody_overwrote_holds_up_only_its_bid_and_blames_nobody(causes: Causes) -> None:
    one = causes.stages["waiting"]["bidder6"]
    assert (one.part, one.reason, one.cause) == (FORM, "seal.manifest", Cause.UNKNOWN)


async def test_a_bid_opens_when_its_bidder_sends_the_lost_bytes_again(hall: Hall, causes: Causes) -> None:
    one = causes.stages["restored"]["bidder4"]
    assert (one.stage, one.cause) == (Stage.ANNOUNCED, None)
    [line] = await hall.lines(Event.BID_BLOCK_RESTORED, section=causes.waiting)
    assert (line.subject, line.actor, line.facts["part"], line.facts["number"]) == (
        causes.bids["damaged"], hall.actor("bidder4").id, FORM, 0,
    )  # fmt: skip


async def test_a_restored_block_is_retained_like_the_others(hall: Hall, causes: Causes) -> None:
    async with hall.database.reading() as session:
        block = await session.get_one(BidBlock, (causes.bids["damaged"], FORM, 0))
    assert await hall.objects.retained_until(BUCKET, block_key(block.bid, FORM, 0), block.version) is not None


async def test_an_officers_decision_is_one_line_with_cause_and_reasons(hall: Hall, causes: Causes) -> None:
    [line, _] = await hall.lines(Event.CAUSE_DECIDED, section=causes.waiting)
    assert (line.subject, line.actor, line.facts) == (
        causes.bids["unlogged"], hall.actor("centre").id, {"cause": "platform", "reasons": REASONS},
    )  # fmt: skip


async def test_when_the_last_cause_is_decided_the_record_says_withdrawn(hall: Hall, causes: Causes) -> None:
    [line] = await hall.lines(Event.SECTION_OPENED, section=causes.waiting)
    [row] = [row for row in line.facts["record"] if row["bid"] == causes.bids["unlogged"]]
    assert (row["state"], row["cause"], row["form"]) == ("withdrawn", "platform", None)
    assert causes.states["opened"] is SectionState.OPENED


async def test_marks_may_be_given_when_every_file_is_checked(causes: Causes) -> None:
    found = causes.progress["checked"]
    assert (found.listed, found.announced, found.checked, found.left_out, found.waiting) == (6, 4, 4, 2, 0)


async def test_files_checked_by_several_workers_at_once_are_recorded_once(hall: Hall, causes: Causes) -> None:
    checked = [line.subject for line in await hall.lines(Event.BID_FILES_CHECKED, section=causes.waiting)]
    assert len(checked) == len(set(checked)) == 4


async def test_too_few_forms_stop_the_section_until_an_officer_decides(hall: Hall, causes: Causes) -> None:
    halt = causes.progress["two forms"].halt
    assert halt is not None and (halt.remaining, halt.minimum) == (2, 3)
    assert causes.states["two forms"] is SectionState.DECRYPTING
    [line] = await hall.lines(Event.OPENING_CONTINUED, section=causes.few)
    assert (line.actor, line.facts) == (hall.actor("centre").id, {"remaining": 2, "reasons": REASONS})


async def test_a_decision_for_two_bids_does_not_hold_for_one(hall: Hall, causes: Causes) -> None:
    halted = await hall.lines(Event.OPENING_HALTED, section=causes.few)
    assert [line.facts for line in halted] == [{"remaining": 2, "minimum": 3}, {"remaining": 1, "minimum": 3}]
    assert causes.progress["one file"].halted and causes.states["one file"] is SectionState.OPENED


async def test_a_section_failed_after_its_opening_is_published_with_the_reasons(hall: Hall, causes: Causes) -> None:
    assert (causes.states["failed"], (await hall.section(causes.few)).failed_why) == (
        SectionState.FAILED, "too-few-opened",
    )  # fmt: skip
    [line] = await hall.lines(Event.SECTION_FAILED, section=causes.few)
    assert (line.facts["reason"], line.facts["remaining"], line.facts["reasons"]) == ("too-few-opened", 1, REASONS)
    async with hall.database.reading() as session:
        [notice] = [one for one in await section_notices(session, causes.few) if one.kind == NoticeKind.FAILED]
    assert notice.facts["text"] == REASONS


@pytest.mark.parametrize(("which", "remaining"), [("few", 1), ("none", 0)])
async def test_the_evidence_of_a_section_that_an_officer_ended_holds(
    hall: Hall, causes: Causes, which: str, remaining: int
) -> None:
    data = await sealed_evidence(hall, getattr(causes, which))
    steps = {step.name: step.facts for step in verify_evidence(data, await policy(hall))}
    recorded = ["record"] if which == "few" else []
    assert list(steps)[list(steps).index("opening") :] == ["opening", *recorded, "halted", "page"]
    assert steps["halted"] == {"remaining": remaining, "minimum": 3}


async def test_a_form_too_large_to_be_one_is_its_bidders_fault_and_is_never_fetched(causes: Causes) -> None:
    found = causes.stages["nothing"]
    assert {(one.reason, one.cause, one.stage) for one in found.values()} == {
        ("opening-form.too-large", Cause.BIDDER, Stage.REVOKED)
    }
    assert causes.states["nothing failed"] is SectionState.FAILED
