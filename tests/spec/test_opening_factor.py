"""The bidder-factor window: each bid opens with its own factor, a wrong one costs nobody else anything, a missing one has
a remedy where the document permits it (requirements 10 and 11; EBM 30-31)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
import pytest_asyncio
from bidding_scene import blocks_of
from envelopes import Envelope, plaintexts
from judging_room import policy, sealed_evidence
from rescuing import (
    end_remedy_of,
    end_window,
    give,
    handed_in,
    openings,
    refusal,
    short_windows,
    show,
    stored_blocks,
    stored_rows,
    tenders_that,
    windows,
)
from scenes import Hall
from section_story import plain
from sqlalchemy import select

from infra.edge import random_bytes
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence
from trading.bidding.tables import BidPart
from trading.bidding.uploads import BUCKET, block_key
from trading.evaluation.papers import paper_of, read_paper
from trading.opening.actions import fail_opening
from trading.opening.files import check_files
from trading.opening.form import FORM
from trading.opening.hosting import speak
from trading.opening.opening import open_section
from trading.opening.remedies import give_remedy, retain_remedies
from trading.opening.rules import MOST_REMEDIES, MOST_TRIES
from trading.opening.states import Cause, Stage
from trading.opening.tables import BidFactor, BidOpening, Remedy
from trading.sections.states import SectionState

FIVE = tuple(f"bidder{number}" for number in range(1, 6))


@dataclass
class Rescue:
    """A section that permits remedies and one that does not; what was refused and how bids stood, by moment."""

    mild: str
    strict: str
    factors: dict[str, bytes] = field(default_factory=dict)
    bids: dict[str, str] = field(default_factory=dict)
    envelopes: dict[str, Envelope] = field(default_factory=dict)
    refusals: dict[str, Problem] = field(default_factory=dict)
    stages: dict[str, dict[str, BidOpening]] = field(default_factory=dict)
    states: dict[str, SectionState] = field(default_factory=dict)
    pages: dict[str, httpx.Response] = field(default_factory=dict)

    async def note(self, hall: Hall, name: str, section: str) -> None:
        self.stages[name] = await openings(hall, section)
        self.states[name] = SectionState((await hall.section(section)).state)

    async def get(self, hall: Hall, name: str, path: str, login: str | None = None) -> None:
        async with await hall.client(login) as client:
            self.pages[name] = await client.get(path)

    def text(self, name: str) -> str:
        """A page's words."""
        return plain(self.pages[name].text)

    def told(self, name: str) -> dict[str, Stage]:
        """The stages of a moment, by login."""
        return {login: Stage(one.stage) for login, one in sorted(self.stages[name].items())}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rescue(hall: Hall) -> AsyncIterator[Rescue]:
    with short_windows():
        yield await _told(hall)


async def _told(hall: Hall) -> Rescue:
    asked = {"bidder_factor": True}
    found = Rescue(*await tenders_that(hall, 7, {**asked, "remedy": True}, asked))
    for login in FIVE:
        found.factors[login] = random_bytes(32)
        found.bids[login], found.envelopes[login] = await handed_in(hall, found.mild, login, found.factors[login])
    for login in FIVE[:4]:
        bid, _ = await handed_in(hall, found.strict, login, found.factors[login])
        found.bids[f"strict {login}"] = bid
    found.refusals["before the deadline"] = await refusal(give(hall, "bidder1", found.bids["bidder1"], bytes(32)))
    deadline = (await hall.section(found.mild)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    await hall.until(lambda: _asked(hall, found))
    await _give(hall, found)
    await _end(hall, found)
    await _show(hall, found)
    await _strict(hall, found)
    return found


async def _asked(hall: Hall, found: Rescue) -> bool:
    return all(["factor" in await windows(hall, one) for one in (found.mild, found.strict)])


async def _give(hall: Hall, found: Rescue) -> None:
    await open_section(hall.database, hall.objects, hall.keys, found.mild)
    await found.note(hall, "asked", found.mild)
    await _look(hall, found)
    found.refusals["wrong"] = await refusal(give(hall, "bidder2", found.bids["bidder2"], bytes(32)))
    found.refusals["short"] = await refusal(give(hall, "bidder2", found.bids["bidder2"], b"B"))
    found.refusals["another's"] = await refusal(give(hall, "bidder2", found.bids["bidder1"], found.factors["bidder1"]))
    found.refusals["host"] = await refusal(give(hall, "centre", found.bids["bidder1"], found.factors["bidder1"]))
    for _ in range(MOST_TRIES):
        await refusal(give(hall, "bidder5", found.bids["bidder5"], bytes(32)))
    found.refusals["tries"] = await refusal(give(hall, "bidder5", found.bids["bidder5"], found.factors["bidder5"]))
    await give(hall, "bidder1", found.bids["bidder1"], found.factors["bidder1"])
    await open_section(hall.database, hall.objects, hall.keys, found.mild)
    await found.note(hall, "one given", found.mild)
    found.refusals["again"] = await refusal(give(hall, "bidder1", found.bids["bidder1"], found.factors["bidder1"]))
    await give(hall, "bidder2", found.bids["bidder2"], found.factors["bidder2"])
    found.refusals["remedy too early"] = await refusal(
        show(hall, "bidder3", found.bids["bidder3"], found.envelopes["bidder3"], FORM)
    )


async def _look(hall: Hall, found: Rescue) -> None:
    """What everybody sees while factors are taken, and a wrong one given on the page."""
    path, bid = f"/sections/{found.mild}", found.bids["bidder1"]
    for name, login in (("public", None), ("own", "bidder1"), ("other", "bidder6")):
        await found.get(hall, name, f"{path}/hall", login)
    await found.get(hall, "screen", f"{path}/hall/screen")
    await found.get(hall, "host", f"{path}/host", "agent")
    await found.get(hall, "page", f"{path}/hall/factor", "bidder1")
    await found.get(hall, "page of a stranger", f"{path}/hall/factor", "bidder6")
    await found.get(hall, "told", f"/api/bids/{bid}/opening", "bidder1")
    await found.get(hall, "told to a stranger", f"/api/bids/{bid}/opening", "bidder2")
    async with await hall.client("bidder4") as client:
        found.pages["wrong, page"] = await client.post(f"{path}/hall/factor", data={"factor": "QUJD"})
        told = {"factor": b64(bytes(32))}
        found.pages["wrong, told"] = await client.post(f"/api/bids/{found.bids['bidder4']}/factor", json=told)
        found.pages["nothing, told"] = await client.post(f"/api/bids/{found.bids['bidder4']}/factor", json={})
        url = f"/api/bids/{found.bids['bidder4']}/remedies/technical"
        found.pages["no salt"] = await client.put(url, content=b"x", headers={"commit-salt": "?"})


async def _end(hall: Hall, found: Rescue) -> None:
    """A pause makes the window longer by its own length; then it ends."""
    for kind in ("pause", "resume"):
        before = (await windows(hall, found.mild))["factor"].until
        async with hall.database.work(hall.actor("agent")) as work:
            await speak(work, found.mild, kind, "会场停电，暂停计时")
        if kind == "pause":
            await end_window(hall, found.mild, "factor")
            found.refusals["paused"] = await refusal(give(hall, "bidder3", found.bids["bidder3"], bytes(32)))
    after = (await windows(hall, found.mild))["factor"].until
    assert after != before
    await end_window(hall, found.mild, "factor")
    found.refusals["after the end"] = await refusal(
        give(hall, "bidder3", found.bids["bidder3"], found.factors["bidder3"])
    )
    await open_section(hall.database, hall.objects, hall.keys, found.mild)
    await found.note(hall, "ended", found.mild)


async def _show(hall: Hall, found: Rescue) -> None:
    bid, envelope = found.bids["bidder3"], found.envelopes["bidder3"]
    for name, login in (("remedy, public", None), ("remedy, own", "bidder3")):
        await found.get(hall, name, f"/sections/{found.mild}/hall", login)
    await found.get(hall, "remedy, host", f"/sections/{found.mild}/host", "centre")
    await found.get(hall, "remedy page", f"/sections/{found.mild}/hall/remedy", "bidder3")
    await found.get(hall, "remedy page of an open bid", f"/sections/{found.mild}/hall/remedy", "bidder1")
    found.refusals["differs"] = await refusal(
        show(hall, "bidder4", found.bids["bidder4"], found.envelopes["bidder4"], "technical", b"another file")
    )
    for _ in range(MOST_REMEDIES):
        found.refusals["differs again"] = await refusal(
            show(hall, "bidder4", found.bids["bidder4"], found.envelopes["bidder4"], "commercial", b"another file")
        )
    found.refusals["too often"] = await refusal(
        show(hall, "bidder4", found.bids["bidder4"], found.envelopes["bidder4"], "commercial")
    )
    found.refusals["two at a time"] = await _two_at_a_time(hall, found)
    found.refusals["too large"] = await refusal(show(hall, "bidder3", bid, envelope, "technical", b"x" * 5000))
    found.refusals["no such part"] = await refusal(
        show(hall, "bidder3", bid, Envelope(envelope.manifest, {}, b"", b"", {"other": bytes(32)}), "other", b"x")
    )
    found.refusals["of an open bid"] = await refusal(
        show(hall, "bidder1", found.bids["bidder1"], found.envelopes["bidder1"], FORM)
    )
    found.refusals["another's bid"] = await refusal(show(hall, "bidder4", bid, envelope, FORM))
    for part in sorted(envelope.salts):
        await show(hall, "bidder3", bid, envelope, part)
    found.refusals["shown twice"] = await refusal(show(hall, "bidder3", bid, envelope, FORM))
    await open_section(hall.database, hall.objects, hall.keys, found.mild)
    await found.note(hall, "shown", found.mild)
    for login in ("bidder4", "bidder5"):
        await end_remedy_of(hall, found.bids[login])
    await end_remedy_of(hall, bid)
    await open_section(hall.database, hall.objects, hall.keys, found.mild)
    await found.note(hall, "over", found.mild)
    await check_files(hall.database, hall.objects, hall.keys, found.mild)
    await found.note(hall, "checked", found.mild)


async def _strict(hall: Hall, found: Rescue) -> None:
    """Two of four give their factors: too few are left, and an officer ends the opening."""
    for login in FIVE[:2]:
        await give(hall, login, found.bids[f"strict {login}"], found.factors[login])
    await end_window(hall, found.strict, "factor")
    await open_section(hall.database, hall.objects, hall.keys, found.strict)
    await found.note(hall, "strict", found.strict)
    async with hall.database.work(hall.actor("centre")) as work:
        await fail_opening(work, found.strict, "两家投标人未提供密钥因子")
    found.refusals["not permitted"] = await refusal(
        show(hall, "bidder4", found.bids["strict bidder4"], found.envelopes["bidder4"], FORM)
    )


async def _two_at_a_time(hall: Hall, found: Rescue) -> Problem:
    """What a bidder that is still sending one part is refused with when it sends another."""
    bid, envelope = found.bids["bidder4"], found.envelopes["bidder4"]
    begun, enough = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        begun.set()
        await enough.wait()
        yield b"x" * 5000

    salt = envelope.salts["technical"]
    sending = asyncio.create_task(
        refusal(
            give_remedy(hall.database, hall.objects, hall.keys, hall.actor("bidder4"), bid, "technical", salt, slowly())
        )
    )
    await begun.wait()
    problem = await refusal(show(hall, "bidder4", bid, envelope, FORM))
    enough.set()
    assert (await sending).code == "remedy.too-large"
    return problem


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("before the deadline", "factor.not-asked"),
        ("wrong", "factor.wrong"),
        ("short", "factor.wrong"),
        ("another's", "bid.unknown"),
        ("host", "permission.denied"),
        ("tries", "factor.tries"),
        ("again", "factor.given"),
        ("paused", "factor.wrong"),
        ("after the end", "factor.closed"),
        ("remedy too early", "remedy.not-asked"),
        ("differs", "remedy.differs"),
        ("differs again", "remedy.differs"),
        ("too often", "remedy.tries"),
        ("two at a time", "remedy.under-way"),
        ("too large", "remedy.too-large"),
        ("no such part", "bid.part"),
        ("of an open bid", "remedy.not-asked"),
        ("another's bid", "bid.unknown"),
        ("shown twice", "remedy.given"),
        ("not permitted", "remedy.not-asked"),
    ],
)
async def test_what_may_not_be_given_at_an_opening_is_refused_with_its_code(
    rescue: Rescue, name: str, code: str
) -> None:
    assert rescue.refusals[name].code == code


async def test_while_factors_are_taken_everybody_is_told_how_many_are_there_and_nobody_whose(
    hall: Hall, rescue: Rescue
) -> None:
    names = [hall.bodies[login].name for login in FIVE]
    for page in ("public", "screen", "host", "other"):
        assert not [name for name in names if name in rescue.pages[page].text], page
    for page in ("public", "host"):
        assert "5 家中已有 0 家提供" in rescue.text(page)
    assert "hall/factor" not in rescue.pages["public"].text + rescue.pages["other"].text


async def test_the_bidder_is_asked_for_its_factor_with_time_and_tries(rescue: Rescue) -> None:
    assert "/hall/factor" in rescue.pages["own"].text
    for page in ("own", "page"):
        assert "还可试 5 次" in rescue.text(page) and "UTC+8" in rescue.text(page)
    assert rescue.pages["told"].json()["factor"]["left"] == MOST_TRIES


async def test_a_strangers_bid_is_not_found(rescue: Rescue) -> None:
    assert [rescue.pages[page].status_code for page in ("page of a stranger", "told to a stranger")] == [404, 404]


async def test_requirement_10_a_wrong_factor_tells_cause_side_what_is_left_and_the_alternative(rescue: Rescue) -> None:
    assert rescue.pages["wrong, page"].status_code == rescue.pages["wrong, told"].status_code == 422
    page = rescue.text("wrong, page")
    assert "原因在投标人一侧" in page and "还可再试 4 次" in page and "补救时限" in page
    told = rescue.pages["wrong, told"].json()
    assert (told["code"], told["facts"]["left"]) == ("factor.wrong", "3")
    assert rescue.pages["nothing, told"].json()["code"] == "request.fields"
    assert rescue.pages["no salt"].json()["code"] == "remedy.salt"


async def test_requirement_10_a_bid_that_waits_for_its_remedy_tells_until_when_and_nothing_is_to_be_decided(
    rescue: Rescue,
) -> None:
    for page in ("remedy, public", "remedy, host", "remedy, own"):
        assert "投标人未在规定时间内提供投标人密钥因子" in rescue.text(page)
        assert "原因在投标人" in rescue.text(page) and "投标人可提交明文补救，截止" in rescue.text(page)
    assert "/host/causes/" not in rescue.pages["remedy, host"].text
    assert "/hall/remedy" in rescue.pages["remedy, own"].text
    assert 'data-part="technical"' in rescue.pages["remedy page"].text
    assert "没有需要提交的内容" in rescue.text("remedy page of an open bid")


async def test_no_bid_opens_without_its_bidders_factor_though_the_keys_are_there(rescue: Rescue) -> None:
    assert rescue.told("asked") == dict.fromkeys(FIVE, Stage.SEALED)


async def test_requirement_11_a_bid_opens_as_soon_as_its_own_factor_is_there(rescue: Rescue) -> None:
    assert rescue.told("one given") == {**dict.fromkeys(FIVE, Stage.SEALED), "bidder1": Stage.ANNOUNCED}


async def test_requirement_10_a_wrong_factor_tells_how_often_and_how_long_it_may_still_be_tried(
    hall: Hall, rescue: Rescue
) -> None:
    facts = rescue.refusals["wrong"].facts
    [window] = await hall.lines(Event.FACTOR_WINDOW_OPENED, section=rescue.mild)
    assert facts["left"] == MOST_TRIES - 1
    assert facts["until"].isoformat()[:19] == window.facts["until"][:19]


async def test_a_refused_factor_is_logged_with_what_is_left(hall: Hall, rescue: Rescue) -> None:
    lines = await hall.lines(Event.FACTOR_REFUSED, section=rescue.mild)
    assert [one.facts["left"] for one in lines if one.subject == rescue.bids["bidder2"]] == [4, 3]


async def test_a_factor_is_kept_only_wrapped_and_stands_in_no_line(hall: Hall, rescue: Rescue) -> None:
    factor = rescue.factors["bidder1"]
    async with hall.database.reading() as session:
        row = await session.get_one(BidFactor, rescue.bids["bidder1"])
    assert row.wrapped is not None and factor not in row.wrapped
    assert hall.keys.service.unwrap("bidder factor", row.bid, row.wrapped) == factor
    [line] = [one for one in await hall.lines(Event.FACTOR_GIVEN, section=rescue.mild) if one.subject == row.bid]
    assert set(line.facts) == {"manifest"}


async def test_at_the_end_of_the_window_whose_factor_is_missing_is_told(hall: Hall, rescue: Rescue) -> None:
    [line] = await hall.lines(Event.FACTOR_WINDOW_CLOSED, section=rescue.mild)
    assert line.facts["missing"] == sorted(rescue.bids[login] for login in FIVE[2:])


async def test_a_missing_factor_is_the_bidders_fault_and_waits_for_the_remedy_that_the_document_permits(
    hall: Hall, rescue: Rescue
) -> None:
    one = rescue.stages["ended"]["bidder3"]
    assert (one.stage, one.reason, one.cause) == (Stage.FORM_WAITS, "factor.missing", Cause.BIDDER)
    assert one.remedy_from is not None and one.remedy_until is not None
    lines = await hall.lines(Event.BID_UNOPENED, section=rescue.mild)
    assert all("remedy" in line.facts for line in lines) and len(lines) == 3


async def test_without_a_permitted_remedy_a_missing_factor_is_revoked_at_once(hall: Hall, rescue: Rescue) -> None:
    one = rescue.stages["strict"]["bidder4"]
    assert (one.stage, one.reason, one.cause) == (Stage.REVOKED, "factor.missing", Cause.BIDDER)
    assert rescue.states["strict"] is SectionState.DECRYPTING, "halted: too few are left"


async def test_the_evidence_of_an_opening_with_factors_holds(hall: Hall, rescue: Rescue) -> None:
    data = await sealed_evidence(hall, rescue.strict)
    steps = {step.name: step.facts for step in verify_evidence(data, await policy(hall))}
    assert steps["halted"] == {"remaining": 2, "minimum": 3}


async def test_what_was_shown_is_retained_like_the_sealed_bids(hall: Hall, rescue: Rescue) -> None:
    await retain_remedies(hall.database, hall.objects, rescue.mild)
    bid = rescue.bids["bidder3"]
    async with hall.database.reading() as session:
        shown = await session.get_one(Remedy, (bid, "technical"))
    version = shown.blocks[0]["version"]
    assert await hall.objects.retained_until(BUCKET, block_key(bid, "technical", 0), version) is not None


async def test_a_bid_shown_in_plain_as_it_was_sealed_is_read_out(hall: Hall, rescue: Rescue) -> None:
    assert rescue.told("shown")["bidder3"] is Stage.ANNOUNCED
    [line] = [
        one for one in await hall.lines(Event.BID_OPENED, section=rescue.mild) if one.subject == rescue.bids["bidder3"]
    ]
    assert line.facts["form"].encode() == plaintexts("bidder3")[FORM]


async def test_another_file_is_refused_and_both_hashes_are_logged(hall: Hall, rescue: Rescue) -> None:
    line, *others = await hall.lines(Event.REMEDY_REFUSED, section=rescue.mild)
    assert [one.facts["part"] for one in others] == ["commercial"] * MOST_REMEDIES
    entry = rescue.envelopes["bidder4"].manifest.entry("technical")
    facts = rescue.refusals["differs"].facts
    assert facts["promised"] == entry.commit.hex() and facts["found"] != facts["promised"]
    assert line.facts["promised"] != line.facts["found"]


async def test_who_shows_nothing_by_the_limit_is_revoked_and_who_did_is_not(hall: Hall, rescue: Rescue) -> None:
    found = rescue.told("over")
    assert (found["bidder3"], found["bidder4"], found["bidder5"]) == (Stage.ANNOUNCED, Stage.REVOKED, Stage.REVOKED)
    ended = {one.subject for one in await hall.lines(Event.REMEDY_ENDED, section=rescue.mild)}
    assert ended == {rescue.bids["bidder4"], rescue.bids["bidder5"]}
    assert rescue.states["over"] is SectionState.OPENED


async def test_files_shown_in_plain_pass_the_check_and_are_read_like_all_others(hall: Hall, rescue: Rescue) -> None:
    assert rescue.told("checked")["bidder3"] is Stage.CHECKED
    bid = rescue.bids["bidder3"]
    async with hall.database.reading() as session:
        part = await session.get_one(BidPart, (bid, "technical"))
        paper = await paper_of(session, hall.keys.service, part, rescue.mild)
    assert (
        b"".join([piece async for piece in read_paper(hall.objects, paper, 0, paper.size)])
        == (plaintexts("bidder3")["technical"])
    )


async def test_the_sealed_original_stays_beside_what_was_shown(hall: Hall, rescue: Rescue) -> None:
    bid = rescue.bids["bidder3"]
    async with hall.database.reading() as session:
        shown = {one.part: one for one in await session.scalars(select(Remedy).where(Remedy.bid == bid))}
    assert set(shown) == {"commercial", FORM, "technical"}
    [was] = [one for one in await blocks_of(hall, bid) if one.part == "technical"]
    key = block_key(bid, "technical", 0)
    assert await hall.objects.get(BUCKET, key, was.version) == rescue.envelopes["bidder3"].containers["technical"]
    now = await hall.objects.get(BUCKET, key, shown["technical"].blocks[0]["version"])
    assert now.startswith(b"sealed-bid/v1\n") and plaintexts("bidder3")["technical"][:40] not in now


async def test_reading_and_remedies_leave_no_plaintext_but_the_announced_form(hall: Hall, rescue: Rescue) -> None:
    """Every row of every table, every version of every block, and the platform's folder are searched for the files."""
    secret = [plaintexts(login)[part] for login in FIVE[:3] for part in ("commercial", "technical")]
    rows = await stored_rows(hall)
    assert not [word for word in secret if word.decode() in rows or word.hex() in rows]
    assert "负责人3" in rows, "the announced form stands there"
    kept = await stored_blocks(hall, [rescue.bids[login] for login in FIVE[:3]])
    assert not [word for word in (*secret, plaintexts("bidder3")[FORM]) if word in kept]
    files = b"".join(path.read_bytes() for path in hall.folder.rglob("*") if path.is_file())
    assert not [word for word in secret if word in files]
