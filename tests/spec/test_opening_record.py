"""The opening record: confirmed by who is there, objected to and answered on the spot, final by silence (TBR 44, EBM 32)."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from bidding_scene import refused
from envelopes import Envelope, an_envelope, certificate_of, submitted, with_entry
from judging_room import policy, sealed_evidence
from scenes import Hall
from sqlalchemy import func, select, update

from infra.auth.signing import verify_signature
from infra.crypto.merkle import leaf_hash, root
from infra.kernel.canonical import parse, unb64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.timers_table import Timer
from trading.archive.verify import verify_evidence
from trading.opening.actions import fail_opening
from trading.opening.confirming import SETTLING, answer_objection, confirm_record, raise_objection, settle_record
from trading.opening.hall import scene, silent
from trading.opening.hosting import speak
from trading.opening.record import MOST_OBJECTIONS, confirmation_message, record_digest, record_document
from trading.opening.tables import OpeningRecord
from trading.sections.states import SectionState

pytestmark = pytest.mark.soak

THREE = ("bidder1", "bidder2", "bidder3")
SAID = "请三家投标人核对开标记录"


@dataclass
class Openings:
    """Sections at the end of their opening, by what happens to their records; what was refused, by name."""

    agreed: str
    quiet: str
    argued: str
    halted: str
    running: str
    refusals: dict[str, str] = field(default_factory=dict)
    flagged: dict[str, str] = field(default_factory=dict)
    evidence: Any = None
    limits: list[Any] = field(default_factory=list)

    async def refuse(self, name: str, call: Awaitable[object]) -> None:
        self.refusals[name] = await refused(call)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def openings(hall: Hall) -> Openings:
    running = await hall.a_tender(900)
    found = Openings(*await hall.tenders(4, 5), running)
    for section in (found.agreed, found.quiet, found.argued, found.running):
        await asyncio.gather(*(submitted(hall, section, login) for login in THREE))
    await asyncio.gather(*(submitted(hall, found.halted, login) for login in THREE[:2]))
    await submitted(hall, found.halted, "bidder3", await _cut_short(hall, found.halted, "bidder3"))
    await _too_early(hall, found)
    deadline = (await hall.section(found.agreed)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    for section in (found.agreed, found.quiet, found.argued, found.halted):
        await hall.reach(section, SectionState.OPENED)
    await _agree(hall, found)
    await _be_quiet(hall, found)
    await _argue(hall, found)
    await _halt(hall, found)
    return found


async def _cut_short(hall: Hall, section: str, login: str) -> Envelope:
    whole = await an_envelope(hall, section, login)
    container = whole.containers["technical"][:-5]
    parts = with_entry(whole.manifest, "technical", size=len(container), root=root([leaf_hash(container)]))
    cut = whole.resigned(hall.signers[login], parts=parts)
    return Envelope(cut.manifest, {**whole.containers, "technical": container}, cut.signature, cut.certificate)


async def _too_early(hall: Hall, found: Openings) -> None:
    await found.refuse("confirmed before the deadline", confirm(hall, found.running, "bidder1"))
    await found.refuse("objected before the deadline", object_to(hall, found.running, "bidder1"))
    await found.refuse("spoken before the deadline", say(hall, found.running, "note"))


async def _agree(hall: Hall, found: Openings) -> None:
    """Two confirm by their session, one with its key; the last one makes the record final at once."""
    section = found.agreed
    await found.refuse("confirmed by a stranger", confirm(hall, section, "bidder7"))
    await found.refuse("confirmed by the agent", confirm(hall, section, "agent"))
    await found.refuse("signed by another", confirm(hall, section, "bidder3", signer="bidder2"))
    await found.refuse(
        "signed for another record", confirm(hall, section, "bidder3", signer="bidder3", record=bytes(32))
    )
    for login in THREE[:2]:
        await confirm(hall, section, login)
        await confirm(hall, section, login)
    await confirm(hall, section, "bidder3", signer="bidder3")
    await found.refuse("confirmed when final", confirm(hall, section, "bidder1"))
    await found.refuse("objected when final", object_to(hall, section, "bidder1"))
    await found.refuse("spoken when final", say(hall, section, "note"))


async def _be_quiet(hall: Hall, found: Openings) -> None:
    """One confirms, the others say nothing until the limit; a pause makes it later."""
    section = found.quiet
    await confirm(hall, section, "bidder2")
    await found.refuse("spoken without words", say(hall, section, "note", " \n"))
    await found.refuse("a kind there is not", say(hall, section, "song"))
    await found.refuse("spoken by a bidder", say(hall, section, "note", login="bidder1"))
    await found.refuse("resumed though not paused", say(hall, section, "resume"))
    await say(hall, section, "note")
    await found.refuse("spoken twice", say(hall, section, "note"))
    await settle(hall, section)
    found.limits.append(await limit(hall, section))
    await say(hall, section, "pause")
    await found.refuse("paused twice", say(hall, section, "pause"))
    await past_limit(hall, section)
    await settle(hall, section)
    found.limits.append((await record_of(hall, section)).settled_at)
    await asyncio.sleep(0.05)
    await say(hall, section, "resume")
    found.limits.append(await limit(hall, section))
    await past_limit(hall, section)
    await hall.due()


async def _argue(hall: Hall, found: Openings) -> None:
    """An objection keeps the record from being final, at its limit too, until it is answered."""
    section = found.argued
    await found.refuse("objected by a stranger", object_to(hall, section, "bidder7"))
    await found.refuse("objected without reasons", object_to(hall, section, "bidder1", "\t"))
    objections = [await object_to(hall, section, "bidder1", f"第 {number} 项") for number in range(MOST_OBJECTIONS)]
    await found.refuse("objected twice", object_to(hall, section, "bidder1", "第 0 项"))
    await found.refuse("objected too often", object_to(hall, section, "bidder1"))
    await found.refuse("answered by a bidder", answer(hall, section, objections[0], login="bidder2"))
    await found.refuse("answered without words", answer(hall, section, objections[0], ""))
    await found.refuse("answered what nobody said", answer(hall, section, "objection-none"))
    await found.refuse("answered elsewhere", answer(hall, found.quiet, objections[0]))
    await past_limit(hall, section)
    await settle(hall, section)
    await settle(hall, section)
    found.limits.append((await record_of(hall, section)).settled_at)
    found.flagged = await benches(hall, section)
    for one in objections:
        await answer(hall, section, one, "现场核对，报价与密封文件一致")
    found.flagged |= {f"{name} then": page for name, page in (await benches(hall, section)).items()}
    await found.refuse("answered twice", answer(hall, section, objections[0]))


async def benches(hall: Hall, section: str) -> dict[str, str]:
    """The workbenches of host and supervising body, and the hall, as they read now."""
    found = {}
    for login in ("agent", "centre", "supervisor", "bidder2"):
        async with await hall.client(login) as client:
            found[login] = (await client.get("/en/desk")).text
            found[f"hall of {login}"] = (await client.get(f"/en/sections/{section}/hall")).text
    return found


async def _halt(hall: Hall, found: Openings) -> None:
    """A record that is confirmed, objected to and answered, of a section that fails after it: its evidence holds all."""
    section = found.halted
    await confirm(hall, section, "bidder1", signer="bidder1")
    await say(hall, section, "note")
    await say(hall, section, "pause")
    await say(hall, section, "resume")
    raised = await object_to(hall, section, "bidder2")
    await answer(hall, section, raised)
    for login in THREE[1:]:
        await confirm(hall, section, login)
    await hall.until(lambda: _is_halted(hall, section))
    async with hall.database.work(hall.actor("centre")) as work:
        await fail_opening(work, section, "有效投标不足三家")
    found.evidence = await sealed_evidence(hall, section)
    await found.refuse("objected after the failure", object_to(hall, section, "bidder1"))


async def _is_halted(hall: Hall, section: str) -> bool:
    return bool(await hall.lines(Event.OPENING_HALTED, section=section))


# ---- what people do -------------------------------------------------------------------------------------------------


async def confirm(hall: Hall, section: str, login: str, signer: str | None = None, record: bytes | None = None) -> None:
    signed: tuple[bytes, ...] = ()
    if signer is not None:
        digest = record or (await record_of(hall, section)).digest
        key = hall.signers[signer]
        signed = (key.sign(confirmation_message(digest)), certificate_of(key))
    async with hall.database.work(hall.actor(login)) as work:
        await confirm_record(work, hall.authority, section, *signed)


async def object_to(hall: Hall, section: str, login: str, reasons: str = "唱标价与投标文件不一致") -> str:
    async with hall.database.work(hall.actor(login)) as work:
        return (await raise_objection(work, section, reasons)).id


async def answer(hall: Hall, section: str, objection: str, text: str = "已当场核对", login: str = "agent") -> None:
    async with hall.database.work(hall.actor(login)) as work:
        await answer_objection(work, section, objection, text)


async def say(hall: Hall, section: str, kind: str, text: str = SAID, login: str = "agent") -> None:
    async with hall.database.work(hall.actor(login)) as work:
        await speak(work, section, kind, text)


async def settle(hall: Hall, section: str) -> None:
    async with hall.database.work(SYSTEM) as work:
        await settle_record(work, f"{section}#0")


async def past_limit(hall: Hall, section: str) -> None:
    """The limit is now, and its timer due: nobody waits two minutes in a test."""
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(
            update(OpeningRecord).where(OpeningRecord.section == section).values(confirm_until=work.ctx.now)
        )
        await work.session.execute(
            update(Timer).where(Timer.verb == SETTLING, Timer.subject.startswith(section)).values(due_at=work.ctx.now)
        )


async def record_of(hall: Hall, section: str) -> OpeningRecord:
    async with hall.database.reading() as session:
        return await session.get_one(OpeningRecord, section)


async def limit(hall: Hall, section: str) -> Any:
    return (await record_of(hall, section)).confirm_until


# ---- the record -----------------------------------------------------------------------------------------------------


async def test_the_record_is_made_of_what_the_log_says(hall: Hall, openings: Openings) -> None:
    [closing] = await hall.lines(Event.SECTION_CLOSED, section=openings.agreed)
    [opening] = await hall.lines(Event.SECTION_OPENED, section=openings.agreed)
    document = record_document(openings.agreed, closing.facts, opening.facts["record"])
    assert record_digest(document) == (await record_of(hall, openings.agreed)).digest
    assert len(parse(document)["record"]) == 3


async def test_when_all_have_confirmed_the_record_is_final_at_once(hall: Hall, openings: Openings) -> None:
    record = await record_of(hall, openings.agreed)
    assert record.settled_at is not None and record.settled_at < record.confirm_until
    [line] = await hall.lines(Event.RECORD_SETTLED, section=openings.agreed)
    assert line.facts["silent"] == [] and len(line.facts["confirmed"]) == 3


async def test_a_confirmation_given_twice_counts_once(hall: Hall, openings: Openings) -> None:
    assert len(await hall.lines(Event.RECORD_CONFIRMED, section=openings.agreed)) == 3


async def test_a_confirmation_with_a_key_can_be_checked_by_anybody(hall: Hall, openings: Openings) -> None:
    lines = await hall.lines(Event.RECORD_CONFIRMED, section=openings.agreed)
    signed = [line.facts for line in lines if line.facts["signature"]]
    assert len(signed) == 1
    async with hall.database.reading() as session:
        now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    message = confirmation_message(unb64(signed[0]["record"]))
    found = verify_signature(
        hall.authority, unb64(signed[0]["certificate"]), unb64(signed[0]["signature"]), message, now
    )
    assert found.serial == signed[0]["bidder"] == hall.bodies["bidder3"].credit_code


async def test_who_is_silent_until_the_limit_assents(hall: Hall, openings: Openings) -> None:
    [line] = await hall.lines(Event.RECORD_SETTLED, section=openings.quiet)
    assert (len(line.facts["confirmed"]), len(line.facts["silent"])) == (1, 2)
    async with hall.database.reading() as session:
        shown = await scene(session, await hall.section(openings.quiet))
    assert list(silent(shown)) == [one.bid for one in shown.announced if one.bid in line.facts["silent"]]


async def test_before_the_limit_silence_means_nothing_and_a_pause_makes_it_later(openings: Openings) -> None:
    before, while_paused, after, _ = openings.limits
    assert while_paused is None
    assert after - before < timedelta(minutes=2)
    assert after > before - timedelta(minutes=2)


async def test_an_open_objection_keeps_the_record_from_being_final_and_its_answer_ends_that(
    hall: Hall, openings: Openings
) -> None:
    assert openings.limits[3] is None
    assert (await record_of(hall, openings.argued)).settled_at is not None
    assert len(await hall.lines(Event.OBJECTION_ANSWERED, section=openings.argued)) == MOST_OBJECTIONS


async def test_what_the_host_says_is_told_to_all(hall: Hall, openings: Openings) -> None:
    async with hall.database.reading() as session:
        shown = await scene(session, await hall.section(openings.quiet))
        early = await scene(session, await hall.section(openings.running))
    assert [note.kind for note in shown.notes] == ["note", "pause", "resume"]
    assert shown.paused is None
    assert early == type(early)()


async def test_the_evidence_holds_every_answer_to_the_record(hall: Hall, openings: Openings) -> None:
    verify_evidence(openings.evidence, await policy(hall))
    names = {line.event for line in await hall.lines(*Event, section=openings.halted)}
    assert {
        "opening-record.confirmed", "opening-record.settled", "opening-objection.raised", "opening-objection.answered",
        "hall.noted", "hall.paused", "hall.resumed",
    } <= names  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("confirmed before the deadline", "record.none"),
        ("objected before the deadline", "record.not-begun"),
        ("spoken before the deadline", "hall.not-now"),
        ("confirmed by a stranger", "record.not-your-bid"),
        ("confirmed by the agent", "permission.denied"),
        ("signed by another", "signing.not-yours"),
        ("signed for another record", "signing.bad-signature"),
        ("confirmed when final", "record.final"),
        ("objected when final", "record.final"),
        ("spoken when final", "hall.not-now"),
        ("spoken without words", "hall.text"),
        ("a kind there is not", "hall.kind"),
        ("spoken by a bidder", "permission.denied"),
        ("resumed though not paused", "hall.not-paused"),
        ("paused twice", "hall.paused"),
        ("objected by a stranger", "record.not-your-bid"),
        ("objected without reasons", "record.reasons"),
        ("objected too often", "record.objections"),
        ("objected twice", "record.objection-raised"),
        ("spoken twice", "hall.said"),
        ("answered by a bidder", "permission.denied"),
        ("answered without words", "record.reasons"),
        ("answered what nobody said", "record.objection-unknown"),
        ("answered elsewhere", "record.objection-unknown"),
        ("answered twice", "record.answered"),
        ("objected after the failure", "record.final"),
    ],
)
async def test_an_answer_is_refused_in_a_sentence(openings: Openings, name: str, code: str) -> None:
    assert openings.refusals[name] == code


async def test_an_objection_without_an_answer_at_the_limit_is_a_red_flag_for_host_and_supervising_body(
    hall: Hall, openings: Openings
) -> None:
    told = openings.flagged
    for login in ("agent", "centre"):
        assert f"Red flag: answer the objection in the hall, its time is over ({MOST_OBJECTIONS} open)" in told[login]
    assert "Red flag: the host has not answered an objection in the hall in time" in told["supervisor"]
    assert "Red flag" not in told["bidder2"]
    assert "Overdue: no answer at the record" in told["hall of bidder2"]
    assert not any("Red flag" in page or "Overdue:" in page for name, page in told.items() if name.endswith("then"))
    lines = await hall.lines(Event.OBJECTION_OVERDUE, section=openings.argued)
    assert len({line.subject for line in lines}) == len(lines) == MOST_OBJECTIONS
    assert await hall.lines(Event.OBJECTION_OVERDUE, section=openings.quiet) == []
