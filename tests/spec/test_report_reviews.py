"""A report is returned by the procuring entity, a mark far off corrected by its judge, all sign anew (M87 64; O1117)."""

from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
import pytest_asyncio
from judging import enter_experts
from judging_room import Room, a_room, award, opened, policy, sealed_evidence
from scenes import Hall

from expertpool.draw.tables import Seat
from infra.auth.sessions import open_seat_session
from infra.crypto.sign import new_p256, sign_p256
from infra.edge import random_bytes
from infra.kernel.canonical import b64, read
from infra.kernel.context import SYSTEM, Role
from trading.archive.bundle import unpack
from trading.archive.verify import verify_evidence
from trading.evaluation.consolidating import explain_marks
from trading.evaluation.marks import judge_id
from trading.evaluation.outliers import explanation_message
from trading.evaluation.tables import Consolidation, Evaluation
from trading.publication.queries import answers_of
from trading.review.actions import Signed, confirm_report, correct_mark, return_report
from trading.review.rules import Correction, Verdict, correction_message, review_message
from trading.sections.states import SectionState
from web.demo import cast

pytestmark = pytest.mark.soak
WORDS = "第五评委对该投标的技术评分明显偏低，请复核"
WHY = "漏看第 30 页的计算书，按评分细则更正"


@dataclass
class Reviewed:
    """One section: what was refused on the way, states, pages, how many had signed, and the steps of its evidence."""

    room: Room
    low: str
    states: dict[str, str] = field(default_factory=dict)
    pages: dict[str, httpx.Response] = field(default_factory=dict)
    signed: dict[str, int] = field(default_factory=dict)
    steps: dict[str, Any] = field(default_factory=dict)
    first: dict[str, Any] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)

    async def note(self, name: str) -> None:
        """State and signatures at this moment."""
        hall, section = self.room.hall, self.room.section
        self.states[name] = (await hall.section(section)).state
        async with hall.database.reading() as session:
            self.signed[name] = len((await answers_of(session, section)).signed)

    @property
    def right(self) -> Correction:
        """What judge 5 corrects."""
        return Correction("J5", self.low, "t1", "19", "38", "extreme-mark", WHY)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(hall: Hall) -> Reviewed:
    """V1's room, in which judge 5 marks one bid far below the others."""
    await enter_experts(hall)
    room = await a_room(hall, (await opened(hall, 1))[0])
    await hall.bring("stranger", Role.PROCURING, "另一家招标人（示例）", cast.code(9))
    hall.actors["proxy"] = replace(hall.actor("agent"), id="account-proxy", role=Role.PROCURING)
    for login in ("procurer", "stranger", "proxy"):
        hall.signers[login] = await hall.give_key(login, f"{login}-reviews")
    found = Reviewed(room, room.bids["bidder1"])
    await _mark(found)
    await _reported(found)
    await _returned(found)
    await _corrected(found)
    await _confirmed(found)
    return found


async def _mark(found: Reviewed) -> None:
    room, panel = found.room, found.room.panel
    await panel.resolve(room.finding(), (1, 2, 3))
    for judge in (4, 5):
        await panel.vote(judge, 1)
    sheets = {judge: room.sheet(judge) for judge in range(1, 6)}
    sheets[5][found.low] = {"t1": "19"}
    for judge, sheet in sheets.items():
        await panel.lock(judge, sheet)
    texts = {found.low: {"t1": "按优良档下限给分"}}
    signature = sign_p256(panel.keys[5], explanation_message(room.section, judge_id(5), texts))
    await room.hall.until(lambda: _asked(room))
    async with room.hall.database.work(panel.actor(5)) as work:
        await explain_marks(work, room.hall.authority, room.hall.keys.service, panel.seat(5).id, texts, signature)
    await room.hall.reach(room.section, SectionState.MARKED)


async def _asked(room: Room) -> Consolidation | None:
    async with room.hall.database.reading() as session:
        return await session.get(Consolidation, room.section)


async def _reported(found: Reviewed) -> None:
    room = found.room
    await room.refuse("a review before the report", _return(found))
    found.first = dict((await room.panel.evaluation()).evidence["out"]["total"])
    for judge in range(1, 6):
        await room.panel.sign(judge)
    await found.note("reported")
    await room.refuse("a correction when all have signed", _correct(found, found.right))
    tries = {
        "by the agent": _return(found, login="agent"),
        "by another procuring entity": _return(found, login="stranger"),
        "by the procuring agent's own people": _return(found, login="proxy"),
        "for no listed reason": _return(found, reason="unhappy"),
        "without words": _return(found, words=" "),
        "a return signed as a confirmation": _return(found, signed=Verdict.CONFIRM),
        "signed by another body's key": _return(found, key="stranger"),
    }
    for name, tried in tries.items():
        await room.refuse(name, tried)


async def _returned(found: Reviewed) -> None:
    room, path = found.room, f"/sections/{found.room.section}/award/review"
    fields = {"verdict": "return", "reason": "extreme-mark", "reasons": WORDS}
    key = await _key(found, Verdict.RETURN, "extreme-mark", WORDS)
    async with await room.hall.client("agent") as agent, await room.hall.client("procurer") as own:
        found.pages["award, to the agent"] = await agent.get(f"/sections/{room.section}/award")
        found.pages["to the agent"] = await agent.get(path)
        found.pages["to the procuring entity"] = await own.get(path)
        found.pages["sent by the agent"] = await agent.post(path, data={**fields, **key})
        found.pages["without a key"] = await own.post(path, data=fields)
        found.pages["without a verdict"] = await own.post(path, data={**fields, **key, "verdict": ""})
        found.pages["without words"] = await own.post(path, data={**fields, **key, "reasons": " "})
        found.pages["returned"] = await own.post(path, data={**fields, **key})
        found.pages["while the committee is at work"] = await own.get(path)
    await found.note("returned")


async def _corrected(found: Reviewed) -> None:
    room, right = found.room, found.right
    for judge in (1, 2):
        await room.panel.sign(judge)
    tries = {
        "of a mark among the others": _correct(found, right._replace(judge="J1", old="38", new="40"), by=1),
        "of another judge's mark": _correct(found, right, by=1),
        "for a sum": _correct(found, right._replace(reason="sum-error")),
        "for no reason": _correct(found, right._replace(reason="second-thoughts")),
        "from another mark": _correct(found, right._replace(old="20")),
        "to the same mark": _correct(found, right._replace(new="19")),
        "above the most": _correct(found, right._replace(new="51")),
        "to no number": _correct(found, right._replace(new="NaN")),
        "with no words": _correct(found, right._replace(reasons="")),
        "of a bid that is not there": _correct(found, right._replace(bid="bid-0")),
        "with another's key": _correct(found, right, key=new_p256(random_bytes)),
    }
    for name, tried in tries.items():
        await room.refuse(name, tried)
    async with await _judge(room, 1) as one, await _judge(room, 5) as five:
        found.pages["report, before the correction"] = await five.get("/judge/report")
        found.pages["nothing to correct"] = await one.get("/judge/corrections")
        found.pages["something to correct"] = await five.get("/judge/corrections")
        await _by_form(found, five)
        found.pages["corrected, the report"] = await five.get("/judge/report")
    await found.note("corrected")


async def _by_form(found: Reviewed, five: httpx.AsyncClient) -> None:
    room = found.room
    digest = (await room.panel.evaluation()).digest
    signature = sign_p256(room.panel.keys[5], correction_message(room.section, digest, found.right))
    fields = {"mark": f"{found.low}/t1", "new": "38", "reasons": WHY, "signature": b64(signature)}
    found.pages["corrected without a key"] = await five.post("/judge/corrections", data={**fields, "signature": ""})
    found.pages["corrected by form"] = await five.post("/judge/corrections", data=fields)


async def _confirmed(found: Reviewed) -> None:
    room, hall = found.room, found.room.hall
    for judge in range(1, 6):
        await room.panel.sign(judge)
    await found.note("reported again")
    found.last = dict((await room.panel.evaluation()).evidence["out"]["total"])
    await _confirm(found)
    await room.refuse("a second confirmation", _confirm(found))
    await room.refuse("a return after the confirmation", _return(found))
    async with await hall.client() as anybody, await hall.client("procurer") as own:
        found.pages["confirmed, to the procuring entity"] = await own.get(f"/sections/{room.section}/award/review")
        found.pages["public"] = await anybody.get(f"/sections/{room.section}")
        found.pages["public, English"] = await anybody.get(f"/en/sections/{room.section}")
        found.pages["public, marks"] = await anybody.get(f"/sections/{room.section}/marks")
    await award(room)
    await room.refuse("a return after the award", _return(found))
    data = await sealed_evidence(hall, room.section)
    found.steps = {step.name: dict(step.facts) for step in verify_evidence(data, await policy(hall))}
    found.steps["evaluation.json"] = read(unpack(data)["evaluation.json"])


async def _judge(room: Room, number: int) -> httpx.AsyncClient:
    """The web application as a judge meets it."""
    async with room.hall.database.work(SYSTEM) as work:
        seat = await work.session.get_one(Seat, room.panel.seat(number).id)
        token = await open_seat_session(work, seat.id, seat.region)
    client = await room.hall.client()
    client.headers["authorization"] = f"Bearer {token}"
    return client


async def _digest(found: Reviewed) -> bytes:
    async with found.room.hall.database.reading() as session:
        evaluation = await session.get(Evaluation, found.room.section)
    return bytes(32) if evaluation is None else evaluation.digest


async def _signed(found: Reviewed, verdict: Verdict, reason: str, words: str, key: str = "procurer") -> Signed:
    signer = found.room.hall.signers[key]
    assert signer.certificate is not None
    message = review_message(found.room.section, await _digest(found), verdict, reason, words)
    return Signed(signer.certificate, signer.sign(message))


async def _key(found: Reviewed, verdict: Verdict, reason: str, words: str) -> dict[str, str]:
    signed = await _signed(found, verdict, reason, words)
    return {"certificate": b64(signed.certificate), "signature": b64(signed.signature)}


async def _return(
    found: Reviewed, *, login: str = "procurer", reason: str = "extreme-mark", words: str = WORDS,
    signed: Verdict = Verdict.RETURN, key: str = "procurer",
) -> None:  # fmt: skip
    told, hall = await _signed(found, signed, reason, words, key), found.room.hall
    async with hall.database.work(hall.actor(login)) as work:
        await return_report(work, hall.authority, found.room.section, reason, words, told)


async def _confirm(found: Reviewed) -> None:
    told, hall = await _signed(found, Verdict.CONFIRM, "", ""), found.room.hall
    async with hall.database.work(hall.actor("procurer")) as work:
        await confirm_report(work, hall.authority, found.room.section, told)


async def _correct(found: Reviewed, one: Correction, *, by: int = 5, key: bytes | None = None) -> None:
    room = found.room
    message = correction_message(room.section, await _digest(found), one)
    signature = sign_p256(key or room.panel.keys[by], message)
    async with room.hall.database.work(room.panel.actor(by)) as work:
        await correct_mark(work, room.hall.authority, room.panel.seat(by).id, one, signature)


REFUSED = {
    "a review before the report": "review.not-now",
    "by the agent": "permission.denied",
    "by another procuring entity": "section.unknown",
    "by the procuring agent's own people": "review.entity",
    "for no listed reason": "review.reason",
    "without words": "review.reasons",
    "a return signed as a confirmation": "signing.bad-signature",
    "signed by another body's key": "signing.bad-signature",
    "a second confirmation": "review.confirmed",
    "a return after the confirmation": "review.confirmed",
    "a return after the award": "review.not-now",
    "a correction when all have signed": "correction.not-now",
    "of a mark among the others": "correction.wrong",
    "of another judge's mark": "correction.foreign",
    "for a sum": "correction.wrong",
    "for no reason": "correction.wrong",
    "from another mark": "correction.wrong",
    "to the same mark": "correction.wrong",
    "above the most": "evaluation.mark-range",
    "to no number": "evidence.decimal",
    "with no words": "correction.wrong",
    "of a bid that is not there": "correction.wrong",
    "with another's key": "signing.bad-signature",
}


@pytest.mark.parametrize("tried", sorted(REFUSED))
async def test_a_review_or_correction_is_refused(told: Reviewed, tried: str) -> None:
    assert told.room.refusals[tried].code == REFUSED[tried]


async def test_a_returned_report_goes_back_and_is_answered_by_every_judge_anew(told: Reviewed) -> None:
    assert told.states == {
        "reported": SectionState.REPORTED,
        "returned": SectionState.MARKED,
        "corrected": SectionState.MARKED,
        "reported again": SectionState.REPORTED,
    }
    assert told.signed == {"reported": 5, "returned": 0, "corrected": 0, "reported again": 5}


async def test_the_corrected_mark_counts_and_no_other_has_changed(told: Reviewed) -> None:
    changed = {bid for bid, total in told.first.items() if told.last[bid] != total}
    assert changed == {told.low}
    assert told.steps["evaluation.json"]["marks"]["J5"][told.low]["t1"] == "38"


async def test_the_evidence_holds_with_every_version(told: Reviewed) -> None:
    assert told.steps["review"] == {"returned": 1, "corrected": 1, "confirmed": 1}
    assert told.steps["report"] == {"signed": 5, "dissented": 0, "silent": 0}


async def test_everybody_reads_what_was_returned_and_corrected(told: Reviewed) -> None:
    for name in ("public", "public, English"):
        assert (told.pages[name].status_code, WORDS in told.pages[name].text) == (200, True)
        assert "19 → 38" in told.pages[name].text
    assert "招标人将评标报告退回评标委员会。" in told.pages["public"].text


async def test_only_the_procuring_entity_is_offered_the_form(told: Reviewed) -> None:
    assert 'id="review"' in told.pages["to the procuring entity"].text
    assert 'id="review"' not in told.pages["to the agent"].text
    assert "/award/review" in told.pages["award, to the agent"].text
    assert 'id="review"' not in told.pages["confirmed, to the procuring entity"].text
    assert 'id="review"' not in told.pages["while the committee is at work"].text


async def test_the_form_keeps_what_was_typed_and_signs_once(told: Reviewed) -> None:
    assert told.pages["sent by the agent"].status_code == 403
    assert (told.pages["without a key"].status_code, WORDS in told.pages["without a key"].text) == (422, True)
    assert told.pages["without a verdict"].status_code == 422
    assert told.pages["without words"].status_code == 422
    assert told.pages["returned"].status_code == 303


async def test_a_judge_sees_own_marks_to_correct_and_nobody_elses(told: Reviewed) -> None:
    assert 'name="mark"' in told.pages["something to correct"].text
    assert 'name="mark"' not in told.pages["nothing to correct"].text
    assert WORDS in told.pages["report, before the correction"].text
    assert told.pages["corrected by form"].status_code == 303
    assert "第 3 版" in told.pages["corrected, the report"].text
