"""Publicity 公示: at most three candidates, a lawful time to object, then the award (TBR 53-55, TBL 45)."""

from dataclasses import dataclass, replace

import httpx
import objecting
import pytest
import pytest_asyncio
from bidding_scene import refused
from evaluated import Court
from judging_room import policy, sealed_evidence
from scenes import Hall
from sqlalchemy import select

from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM, Role
from infra.kernel.events import Event
from trading.archive.verify import verify_evidence
from trading.bidding.tables import Bid
from trading.evaluation.tables import Evaluation
from trading.notices.kinds import NoticeKind
from trading.notices.tables import Notice
from trading.publication.actions import decide_tie, end_publicity, publish_award, publish_candidates
from trading.publication.queries import dossier
from trading.publication.rules import decision_message
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.states import SectionState
from web.demo import cast
from web.public.results import results


@dataclass
class Result:
    """A result through publicity and award, and what was refused on the way."""

    hall: Hall
    section: str
    order: list[str]
    candidates: Notice
    award: Notice
    refusals: dict[str, str]
    pages: dict[str, httpx.Response]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def result(court: Court) -> Result:
    hall, section, refusals = court.hall, court.v2, {}
    assert court.panel is not None
    refusals["award before the candidates"] = await refused(award(hall, section))
    refusals["candidates by a bidder"] = await refused(candidates(hall, section, "bidder1"))
    hall.signers["procurer"] = await hall.give_key("procurer", "procurer")
    refusals["a decision without a tie"] = await refused(decide(hall, section, []))
    refusals["candidates by the centre"] = await refused(candidates(hall, section, "centre"))
    listed = await candidates(hall, section)
    refusals |= await objecting.in_the_publicity(hall, section, court.tied)
    refusals["candidates twice"] = await refused(candidates(hall, section))
    refusals["award during the publicity"] = await refused(award(hall, section))
    ends = (await hall.section(section)).publicity_ends
    assert ends is not None
    await hall.wait_until(ends)
    refusals["award before the publicity is determined"] = await refused(award(hall, section))
    await hall.due()
    late, pages = await objecting.when_its_time_is_over(hall, section, court.tied)
    refusals |= late
    refusals["award by a bidder"] = await refused(award(hall, section, "bidder1"))
    winner = await award(hall, section)
    refusals["award twice"] = await refused(award(hall, section))
    return Result(
        hall, section, (await court.panel.evaluation()).evidence["out"]["order"], listed, winner, refusals, pages
    )


REASONS = "依招标文件，工期短者优先"


@dataclass
class Verdict:
    """A tie that the procuring entity decided, and what was refused before and after."""

    hall: Hall
    section: str
    order: list[str]
    candidates: Notice
    refusals: dict[str, str]
    pages: dict[str, httpx.Response]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def verdict(court: Court, result: Result) -> Verdict:
    hall, section, refusals = court.hall, court.tied, {}
    await hall.bring("stranger", Role.PROCURING, "另一家招标人（示例）", cast.code(9))
    hall.actors["proxy"] = replace(hall.actor("agent"), id="account-proxy", role=Role.PROCURING)
    for login in ("agent", "procurer", "stranger", "proxy"):
        hall.signers[login] = await hall.give_key(login, f"{login}-ties")
    async with hall.database.reading() as session:
        evaluation = await session.get_one(Evaluation, section)
    order = list(reversed(evaluation.evidence["out"]["order"][0]))
    tries = {
        "by the agent": decide(hall, section, order, "agent"),
        "by another procuring entity": decide(hall, section, order, "stranger"),
        "by the procuring agent's own people": decide(hall, section, order, "proxy"),
        "after the award": decide(hall, result.section, order),
        "with a bid left out": decide(hall, section, order[1:]),
        "with a bid twice": decide(hall, section, [*order, order[0]]),
        "without reasons": decide(hall, section, order, reasons=" "),
        "with reasons that were not signed": decide(hall, section, order, signed=(order, "别的理由")),
        "with an order that was not signed": decide(hall, section, order, signed=(order[::-1], REASONS)),
        "with the agent's key": decide(hall, section, order, key="agent"),
    }
    for name, tried in tries.items():
        refusals[name] = await refused(tried)
    pages = await by_form(hall, section, order)
    refusals["a second time"] = await refused(decide(hall, section, order))
    return Verdict(hall, section, order, await candidates(hall, section), refusals, pages)


async def by_form(hall: Hall, section: str, order: list[str]) -> dict[str, httpx.Response]:
    """What the award page says to both sides, and how it answers the form of the decision, wrong and right."""
    async with hall.database.reading() as session:
        evaluation = await session.get_one(Evaluation, section)
    signer, path = hall.signers["procurer"], f"/sections/{section}/award"
    message = decision_message(section, evaluation.digest, [order], REASONS)
    ranks = {f"place-{bid}": str(rank) for rank, bid in enumerate(order, 1)}
    assert signer.certificate is not None
    signed = {"certificate": b64(signer.certificate), "signature": b64(signer.sign(message)), "reasons": REASONS}
    found = {}
    async with await hall.client("agent") as agent, await hall.client("procurer") as procurer:
        found["to the agent"] = await agent.get(path)
        found["to the procuring entity"] = await procurer.get(path)
        found["sent by the agent"] = await agent.post(f"{path}/tie", data={**ranks, **signed})
        found["without a key"] = await procurer.post(f"{path}/tie", data={**ranks, "reasons": REASONS})
        found["two on one rank"] = await procurer.post(f"{path}/tie", data={**dict.fromkeys(ranks, "1"), **signed})
        found["one without a rank"] = await procurer.post(
            f"{path}/tie", data={**ranks, f"place-{order[0]}": "", **signed}
        )
        found["without reasons"] = await procurer.post(f"{path}/tie", data={**ranks, **signed, "reasons": " "})
        found["signed"] = await procurer.post(f"{path}/tie", data={**ranks, **signed})
        found["afterwards"] = await procurer.get(path)
    return found


async def decide(
    hall: Hall, section: str, order: list[str], login: str = "procurer", *, reasons: str = REASONS,
    key: str = "", signed: tuple[list[str], str] | None = None,
) -> None:  # fmt: skip
    """The order of one tied group, signed by the login's key, or another's, or over something else."""
    async with hall.database.reading() as session:
        evaluation = await session.get_one(Evaluation, section)
    signer, (said, why) = hall.signers[key or login], signed or (order, reasons)
    assert signer.certificate is not None
    signature = signer.sign(decision_message(section, evaluation.digest, [said], why))
    async with hall.database.work(hall.actor(login)) as work:
        await decide_tie(work, hall.authority, section, [order], reasons, signer.certificate, signature)


async def candidates(hall: Hall, section: str, login: str = "agent") -> Notice:
    async with hall.database.work(hall.actor(login)) as work:
        return await publish_candidates(work, section)


async def award(hall: Hall, section: str, login: str = "agent") -> Notice:
    async with hall.database.work(hall.actor(login)) as work:
        return await publish_award(work, section)


async def test_candidates_wait_for_the_signed_report(court: Court) -> None:
    assert court.refusals["candidates before the report"] == "workflow.not-now"


async def test_no_award_before_the_publicity_has_ended(court: Court, result: Result) -> None:
    assert court.refusals["award before publicity"] == "award.not-published"
    assert result.refusals["award before the candidates"] == "award.not-published"
    assert result.refusals["award during the publicity"] == "award.publicity-running"
    assert result.refusals["award before the publicity is determined"] == "award.objection-open"


async def test_only_the_procuring_side_publishes_and_awards(result: Result) -> None:
    who = ("candidates by a bidder", "candidates by the centre", "award by a bidder")
    assert {result.refusals[one] for one in who} == {"permission.denied"}


async def test_candidates_and_award_are_published_once(result: Result) -> None:
    assert {result.refusals[one] for one in ("candidates twice", "award twice")} == {"workflow.not-now"}


async def test_at_most_three_candidates_are_published_in_the_order_of_the_evaluation(result: Result) -> None:
    assert [(one["rank"], one["bid"]) for one in result.candidates.candidates] == [
        (rank, bid) for rank, bid in enumerate(result.order[:3], 1)
    ]


async def test_the_publicity_lasts_no_less_than_the_law_says(result: Result) -> None:
    section = await result.hall.section(result.section)
    least = regime_of(section, "demo").end(result.candidates.published_at, Rule.PUBLICITY)
    assert section.publicity_ends is not None and section.publicity_ends >= least


async def test_the_publicity_ends_by_its_timer_and_once(result: Result) -> None:
    async with result.hall.database.work(SYSTEM) as work:
        await end_publicity(work, result.section)
    assert len(await result.hall.lines(Event.PUBLICITY_ENDED, section=result.section)) == 1


async def test_the_first_candidate_wins_at_the_price_that_was_read_out(result: Result) -> None:
    async with result.hall.database.reading() as session:
        winner = await session.get_one(Bid, result.order[0])
    assert winner.form is not None
    assert [one["bid"] for one in result.award.candidates] == [winner.id]
    assert result.award.facts["price"] == winner.form["price"]
    assert await result.hall.in_state(result.section, SectionState.NOTIFIED)


async def test_a_tie_left_to_the_procuring_entity_is_not_settled_by_the_platform(court: Court) -> None:
    assert court.refusals["candidates of a tie"] == "candidates.tie"


@pytest.mark.parametrize(
    ("tried", "code"),
    [
        ("by the agent", "permission.denied"),
        ("by another procuring entity", "section.unknown"),
        ("by the procuring agent's own people", "tie.entity"),
        ("after the award", "tie.not-now"),
        ("with a bid left out", "tie.order"),
        ("with a bid twice", "tie.order"),
        ("without reasons", "tie.reasons"),
        ("with reasons that were not signed", "signing.bad-signature"),
        ("with an order that was not signed", "signing.bad-signature"),
        ("with the agent's key", "signing.bad-signature"),
        ("a second time", "tie.decided"),
    ],
)
async def test_a_decision_of_a_tie_is_refused(verdict: Verdict, tried: str, code: str) -> None:
    assert verdict.refusals[tried] == code


async def test_the_procuring_entity_decides_a_tie_signed_and_with_reasons(verdict: Verdict) -> None:
    [line] = await verdict.hall.lines(Event.TIE_DECIDED, section=verdict.section)
    assert (line.facts["decided"], line.facts["reasons"]) == ([verdict.order], REASONS)
    assert line.role == "procuring"


@pytest.mark.parametrize(
    ("tried", "status", "said"),
    [
        ("sent by the agent", 403, "不能查看此页面"),
        ("without a key", 422, "没有收到招标人密钥的签名"),
        ("two on one rank", 422, "各选一个不同的名次"),
        ("one without a rank", 422, "各选一个不同的名次"),
        ("without reasons", 422, "决定须写明理由"),
        ("signed", 303, ""),
    ],
)
async def test_the_form_of_a_decision_is_answered_in_words(
    verdict: Verdict, tried: str, status: int, said: str
) -> None:
    answer = verdict.pages[tried]
    assert (answer.status_code, said in answer.text) == (status, True), answer.text


async def test_only_the_procuring_entity_is_offered_the_decision_and_it_is_told_what_follows(verdict: Verdict) -> None:
    agent, procurer = verdict.pages["to the agent"].text, verdict.pages["to the procuring entity"].text
    assert 'id="tie"' not in agent and "招标代理不得代为决定" in agent
    assert 'id="tie"' in procurer and "决定立即公开，不能更改" in procurer
    assert all('value="candidates"' not in page for page in (agent, procurer))


async def test_after_the_decision_the_page_tells_it_and_offers_to_publish(verdict: Verdict) -> None:
    page = verdict.pages["afterwards"].text
    assert REASONS in page and 'value="candidates"' in page and 'id="tie"' not in page


async def test_the_candidates_stand_in_the_decided_order_and_the_notice_tells_why(verdict: Verdict) -> None:
    assert [one["bid"] for one in verdict.candidates.candidates] == verdict.order
    assert [one["rank"] for one in verdict.candidates.candidates] == [1, 2, 3]
    assert verdict.candidates.facts["tie"] == REASONS


async def test_the_public_ranking_follows_the_decision(verdict: Verdict) -> None:
    async with verdict.hall.database.reading() as session:
        found = await dossier(session, verdict.section)
    told = results(found)
    assert told is not None and [(one.rank, one.entry.bid) for one in told.ranking] == list(enumerate(verdict.order, 1))


async def test_the_sealed_evidence_holds_with_the_signed_decision_in_it(verdict: Verdict) -> None:
    hall, section = verdict.hall, verdict.section
    ends = (await hall.section(section)).publicity_ends
    assert ends is not None
    await hall.wait_until(ends)
    await hall.due()
    await award(hall, section)
    data = await sealed_evidence(hall, section)
    steps = {step.name: step.facts for step in verify_evidence(data, await policy(hall))}
    assert steps["tie"]["serial"] == hall.bodies["procurer"].credit_code
    assert steps["result"]["winner"] == verdict.candidates.candidates[0]["bidder"]


async def test_a_result_without_a_tie_leaves_nothing_to_decide(result: Result) -> None:
    assert result.refusals["a decision without a tie"] == "tie.none"


async def test_candidates_and_award_stand_in_the_public_log(result: Result) -> None:
    for _ in range(2):
        await result.hall.step()
    lines = await result.hall.lines(Event.CANDIDATES_PUBLISHED, Event.AWARD_PUBLISHED, section=result.section)
    assert [line.subject for line in lines] == [result.candidates.id, result.award.id]
    assert all(line.leaf is not None for line in lines)


async def test_the_failed_and_the_found_are_told_apart_by_kind(result: Result) -> None:
    wanted = select(Notice.kind).where(Notice.section == result.section).order_by(Notice.published_at)
    async with result.hall.database.reading() as session:
        kinds = list((await session.execute(wanted)).scalars())
    assert kinds == [NoticeKind.TENDER, NoticeKind.CANDIDATES, NoticeKind.AWARD]


@pytest.mark.parametrize("what", objecting.EXPECTED)
async def test_an_objection_is_taken_in_time_and_nothing_is_decided_while_one_is_open(
    result: Result, what: str
) -> None:
    assert result.refusals[what] == objecting.EXPECTED[what]


async def test_objections_stand_in_the_log_by_number_and_nobody_reads_there_who_objected(result: Result) -> None:
    events = (Event.RESULT_OBJECTED, Event.RESULT_OBJECTION_ANSWERED, Event.RESULT_OBJECTION_WITHDRAWN)
    lines = await result.hall.lines(*events, section=result.section)
    assert [(line.event, line.facts["number"]) for line in lines] == [
        ("result-objection.raised", 1), ("result-objection.raised", 2), ("result-objection.withdrawn", 2),
        ("result-objection.answered", 1),
    ]  # fmt: skip
    for one in await objecting.rows(result.hall, result.section):
        assert not any(one.bidder in str((line.subject, line.facts)) for line in lines)
        assert not any(one.text in str(line.facts) for line in lines)


async def test_the_words_of_an_objection_reach_both_sides_and_nobody_else(result: Result) -> None:
    readers = {name: objecting.WORDS in page.text for name, page in result.pages.items() if "the state" not in name}
    assert readers["waiting, to the agent"] and readers["to whoever objected"]
    assert not readers["waiting, to the public"] and not readers["to the public"]
    assert objecting.ANSWER in result.pages["to whoever objected"].text
    assert objecting.ANSWER not in result.pages["to another bidder"].text + result.pages["to the public"].text


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("taken back", 303), ("answered", 303), ("answered without an outcome", 422), ("answered again", 409),
        ("sent too late", 409), ("to a stranger", 404),
    ],
)  # fmt: skip
async def test_the_forms_of_objections_answer_in_words(result: Result, what: str, status: int) -> None:
    assert result.pages[what].status_code == status


async def test_the_public_reads_the_number_of_each_objection_and_what_became_of_it(result: Result) -> None:
    page = result.pages["to the public"].text
    assert "已答复：不成立" in page and "已撤回" in page and "待答复" in result.pages["waiting, to the public"].text
