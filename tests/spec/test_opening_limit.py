"""Keys that do not come by the limit: the platform's side answers, bidders may show their bids, an officer ends the rest."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from io import BytesIO

import pytest
import pytest_asyncio
from envelopes import Envelope, an_envelope, plaintexts, with_entry
from judging_room import policy, sealed_evidence
from rescuing import end_remedy_of, end_window, handed_in, openings, refusal, short_windows, show, tenders_that
from scenes import Hall

from infra.crypto.manifest import bidder_line
from infra.crypto.seal import seal_stream
from infra.crypto.seal_key import new_header
from infra.edge import random_bytes
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence
from trading.opening.actions import decide_cause, fail_opening
from trading.opening.files import check_files
from trading.opening.form import FORM
from trading.opening.opening import open_section
from trading.opening.states import Cause, Stage
from trading.opening.tables import BidOpening
from trading.sections.states import SectionState

pytestmark = pytest.mark.soak

THREE = ("bidder1", "bidder2", "bidder3")
FOUR = (*THREE, "bidder4")
REASONS = "监督机构与交易中心的密钥机房断电，时限内未能释放"


@dataclass
class Late:
    """A section whose keys come after the limit, and one whose keys never come before an officer decides."""

    late: str
    never: str
    bids: dict[str, str] = field(default_factory=dict)
    envelopes: dict[str, Envelope] = field(default_factory=dict)
    refusals: dict[str, Problem] = field(default_factory=dict)
    stages: dict[str, dict[str, BidOpening]] = field(default_factory=dict)

    async def note(self, hall: Hall, name: str, section: str) -> None:
        self.stages[name] = await openings(hall, section)

    def told(self, name: str) -> dict[str, Stage]:
        """The stages of a moment, by login."""
        return {login: Stage(one.stage) for login, one in sorted(self.stages[name].items())}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def late(hall: Hall) -> AsyncIterator[Late]:
    with short_windows():
        yield await _told(hall)


async def _told(hall: Hall) -> Late:
    found = Late(*await tenders_that(hall, 6, {"remedy": True}, {}))
    for section in (found.late, found.never):
        for login in THREE:
            bid, envelope = await handed_in(hall, section, login, None)
            found.bids[f"{section} {login}"], found.envelopes[f"{section} {login}"] = bid, envelope
    envelope = await _inconsistent(hall, found.late, "bidder4")
    found.bids["inconsistent"], found.envelopes["inconsistent"] = await handed_in(
        hall, found.late, "bidder4", None, envelope
    )
    hall.absent |= {"centre", "supervisor"}
    deadline = (await hall.section(found.late)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    for section in (found.late, found.never):
        await hall.reach(section, SectionState.DECRYPTING)
    found.refusals["before the limit"] = await refusal(open_section(hall.database, hall.objects, hall.keys, found.late))
    for section in (found.late, found.never):
        await end_window(hall, section, "release")
        await open_section(hall.database, hall.objects, hall.keys, section)
    await found.note(hall, "overdue", found.late)
    await _show_one(hall, found)
    await _decide(hall, found)
    hall.absent.clear()
    await hall.until(lambda: _doubted(hall, found))
    await found.note(hall, "keys came", found.late)
    for part in found.envelopes["inconsistent"].salts:
        await show(hall, "bidder4", found.bids["inconsistent"], found.envelopes["inconsistent"], part)
    await hall.reach(found.late, SectionState.OPENED)
    await found.note(hall, "opened", found.late)
    await check_files(hall.database, hall.objects, hall.keys, found.late)
    await found.note(hall, "checked", found.late)
    return found


async def _inconsistent(hall: Hall, section: str, login: str) -> Envelope:
    """A bid whose bidder wrapped another share for every custodian than those of its form's secret."""
    whole, keyset = await an_envelope(hall, section, login), await hall.keyset(section)
    line = bidder_line(whole.manifest.bidder_salt, hall.bodies[login].credit_code)
    header, key = new_header(keyset, FORM, line, None, random_bytes)
    wrong, _ = new_header(keyset, FORM, line, None, random_bytes)
    sink = BytesIO()
    sealed = seal_stream(
        BytesIO(plaintexts(login)[FORM]), sink, replace(header, shares=wrong.shares), key, random_bytes
    )
    parts = with_entry(whole.manifest, FORM, size=sealed.size, root=sealed.root, commit=sealed.commit)
    signed = whole.resigned(hall.signers[login], parts=parts)
    salts = {**whole.salts, FORM: sealed.commit_salt}
    return replace(signed, containers={**whole.containers, FORM: sink.getvalue()}, salts=salts)


async def _doubted(hall: Hall, found: Late) -> bool:
    lines = await hall.lines(Event.BID_UNOPENED, section=found.late)
    return any("shares" in line.facts for line in lines)


async def _show_one(hall: Hall, found: Late) -> None:
    name = f"{found.late} bidder1"
    await show(hall, "bidder1", found.bids[name], found.envelopes[name], FORM)
    await open_section(hall.database, hall.objects, hall.keys, found.late)
    await found.note(hall, "one shown", found.late)


async def _decide(hall: Hall, found: Late) -> None:
    bids = [found.bids[f"{found.never} {login}"] for login in THREE]
    found.refusals["while the remedy runs"] = await refusal(_decided(hall, bids[0], Cause.PLATFORM))
    for bid in bids:
        await end_remedy_of(hall, bid)
    await found.note(hall, "remedy over", found.never)
    found.refusals["blame for late keys"] = await refusal(_decided(hall, bids[0], Cause.BIDDER))
    for bid in bids:
        await _decided(hall, bid, Cause.CUSTODIAN)
    await open_section(hall.database, hall.objects, hall.keys, found.never)
    await found.note(hall, "decided", found.never)
    async with hall.database.work(hall.actor("centre")) as work:
        await fail_opening(work, found.never, REASONS)


async def _decided(hall: Hall, bid: str, cause: Cause) -> None:
    async with hall.database.work(hall.actor("centre")) as work:
        await decide_cause(work, bid, cause, REASONS)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("before the limit", "opening.too-few-keys"),
        ("while the remedy runs", "opening.remedy-runs"),
        ("blame for late keys", "opening.cause"),
    ],
)
async def test_what_may_not_be_done_about_late_keys_is_refused_with_its_code(late: Late, name: str, code: str) -> None:
    assert late.refusals[name].code == code


async def test_at_the_limit_it_is_logged_how_many_keys_there_are(hall: Hall, late: Late) -> None:
    [line] = await hall.lines(Event.RELEASE_OVERDUE, section=late.late)
    assert line.facts == {"released": 0, "needed": 2}


async def test_late_keys_are_the_platforms_side_and_bidders_may_show_their_bids(late: Late) -> None:
    for one in late.stages["overdue"].values():
        assert (one.stage, one.reason, one.cause) == (Stage.FORM_WAITS, "release.overdue", Cause.PLATFORM)
        assert one.remedy_until is not None


async def test_a_bid_that_was_shown_is_read_out_though_no_key_is_there(late: Late) -> None:
    assert late.told("one shown") == {**dict.fromkeys(FOUR, Stage.FORM_WAITS), "bidder1": Stage.ANNOUNCED}


async def test_keys_that_come_after_the_limit_open_what_still_waits(late: Late) -> None:
    found = {login: stage for login, stage in late.told("keys came").items() if login in THREE}
    assert found == dict.fromkeys(THREE, Stage.ANNOUNCED)
    assert late.told("checked") == dict.fromkeys(FOUR, Stage.CHECKED)


async def test_inconsistent_shares_are_the_bidders_fault_and_compared_in_the_log(hall: Hall, late: Late) -> None:
    one = late.stages["keys came"]["bidder4"]
    assert (one.stage, one.reason, one.cause) == (Stage.FORM_WAITS, "seal.commitment", Cause.BIDDER)
    [line] = [one for one in await hall.lines(Event.BID_UNOPENED, section=late.late) if "shares" in one.facts]
    assert len(line.facts["shares"]) >= 2
    assert {one["state"] for one in line.facts["shares"]} == {"sound"}, "they lie on one polynomial: of another secret"


async def test_inconsistent_shares_have_the_same_remedy(late: Late) -> None:
    assert late.told("opened")["bidder4"] is Stage.ANNOUNCED


async def test_at_the_remedys_end_nobody_is_revoked_for_late_keys(late: Late) -> None:
    assert late.told("remedy over") == dict.fromkeys(THREE, Stage.FORM_WAITS)


async def test_an_officer_withdraws_what_no_key_opens_and_the_section_fails_with_reasons(
    hall: Hall, late: Late
) -> None:
    assert late.told("decided") == dict.fromkeys(THREE, Stage.WITHDRAWN)
    assert (await hall.section(late.never)).state == SectionState.FAILED
    [line] = await hall.lines(Event.SECTION_FAILED, section=late.never)
    assert line.facts["reasons"] == REASONS


async def test_the_evidence_of_a_section_whose_keys_never_came_holds(hall: Hall, late: Late) -> None:
    data = await sealed_evidence(hall, late.never)
    steps = {step.name: step.facts for step in verify_evidence(data, await policy(hall))}
    assert steps["halted"] == {"remaining": 0, "minimum": 3}
