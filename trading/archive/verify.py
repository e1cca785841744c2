"""Recomputing a whole section from its evidence file alone: bytes in, one step after the other or the first refusal."""

from collections.abc import Generator, Iterator, Mapping
from typing import Any, NamedTuple

from infra.kernel.problems import Problem
from infra.tlog.policy import Policy
from trading.archive.bundle import INDEX, SEAL, unpack
from trading.archive.verify_bids import check_bids, check_closing, member_name
from trading.archive.verify_blind import check_labels
from trading.archive.verify_committee import Committee, check_committee
from trading.archive.verify_dossier import Dossier, placed
from trading.archive.verify_draw import check_draws, draw_members
from trading.archive.verify_explanations import check_explanations
from trading.archive.verify_failure import (
    check_ended,
    check_few_bids,
    check_found,
    check_halted,
    failed_early,
    failure_members,
)
from trading.archive.verify_inquiries import ALL as INQUIRIES
from trading.archive.verify_inquiries import check_inquiries
from trading.archive.verify_invited import check_invited
from trading.archive.verify_keys import Published, check_releases, read_keysets
from trading.archive.verify_list import check_lists
from trading.archive.verify_log import EVENTS, POLICY, check_index, check_policy, read_dossier
from trading.archive.verify_marks import EVALUATION, check_commitments, check_evaluation, check_report
from trading.archive.verify_opening import Opened, check_opening, stopped
from trading.archive.verify_qualification import check_qualification, failed_unqualified
from trading.archive.verify_record import check_record
from trading.archive.verify_rescue import rescue_steps
from trading.archive.verify_reserve import check_reserves
from trading.archive.verify_result import PAGE, check_no_award, check_page, check_result, check_set_aside
from trading.archive.verify_review import Reported, check_answers, check_review
from trading.archive.verify_rounds import Round, check_reopenable, rounds
from trading.archive.verify_second import check_second
from trading.archive.verify_sitting import check_sitting
from trading.archive.verify_tender import Tender, check_tender
from trading.archive.verify_tie import check_tie, decided_order
from trading.archive.verify_times import TOKENS, check_tokens
from trading.archive.verify_ways import PASSED, ended_without_award
from trading.sections.envelopes import LOCKING


class Step(NamedTuple):
    """Something that holds, and the figures that go with it."""

    name: str
    facts: Mapping[str, Any]


def verify_evidence(data: bytes, policy: Policy | None) -> Iterator[Step]:
    """Each step as it is found to hold; the first that does not raises its Problem, with `where` in the file.

    `policy` must come from elsewhere than the file. None judges the file by its own: integrity only.
    """
    with placed("the file"):
        members = unpack(data)
    yield _step("zip", members=len(members), bytes=len(data))
    check_index(members)
    yield _step("index", listed=len(members) - 2)
    judged_by = check_policy(members, policy)
    yield _step("policy", log=judged_by.log.name, witnesses=len(judged_by.witnesses), own=policy is None)
    dossier = read_dossier(members, judged_by)
    told = {"events": len(dossier.events) + 1, "size": dossier.events[-1].size, "hidden": dossier.hidden}
    yield _step("log", section=dossier.section, **told)
    _check_members(dossier)
    yield _step("members", listed=len(members))
    if TOKENS in members:
        yield _step("times", **check_tokens(dossier))
    yield from _section(dossier)


def _section(dossier: Dossier) -> Iterator[Step]:
    keysets = read_keysets(dossier)
    tender = check_tender(dossier, keysets)
    yield _step("tender", title=tender.title, regime=tender.regime.id, demo=tender.regime.watermark)
    if failed_early(dossier):
        listed = check_few_bids(dossier, tender, keysets)
        yield _step("unopened", listed=listed, minimum=tender.keyset.document.release.minimum)
    else:
        yield from _opening(dossier, tender, keysets)
    check_page(dossier, tender)
    yield _step("page")


def _opening(dossier: Dossier, tender: Tender, keysets: Mapping[tuple[str, str], Published]) -> Iterator[Step]:
    bids = check_bids(dossier, tender)
    yield _step("bids", submitted=len(bids), deadline=tender.stated)
    invited = check_invited(dossier, tender, bids)
    if invited is not None:
        yield _step("invited", invited=invited)
    standing = check_closing(dossier, tender, bids)
    yield _step("closing", listed=len(standing))
    check_releases(dossier, keysets)
    opened = check_opening(dossier, tender, standing)
    unopened = sum(one.form is None for one in opened.values())
    left_out = sum(not one.sound for one in opened.values())
    yield _step("opening", opened=len(opened) - unopened, unopened=unopened, left_out=left_out)
    yield from (_step(name, **told) for name, told in rescue_steps(dossier))
    answers = check_record(dossier, tender, opened)
    if answers is not None:
        yield _step("record", **answers._asdict())
    reserve = check_reserves(dossier, tender, opened)
    if reserve is not None and reserve.price is not None:
        yield _step("reserve", name=reserve.name, price=reserve.price)
    elif reserve is not None:
        yield _step("reserve-unopened", name=reserve.name, reason=reserve.reason)
    for one in check_lists(dossier, bids):
        signers = {"first": one.centre.subject, "second": one.supervisor.subject}
        yield _step("list", judges=one.judges, **signers)
    if stopped(dossier) and not dossier.all(LOCKING):
        check_draws(dossier, keysets, cut_short=True)
        failed = check_halted(dossier, tender, opened)
        check_ended(dossier, tender, failed)
        yield _step("halted", remaining=failed.facts["remaining"], minimum=failed.facts["minimum"])
    elif failed_unqualified(dossier):
        check_draws(dossier, keysets, cut_short=True)
        rejected = check_qualification(dossier, tender, opened)
        check_ended(dossier, tender, dossier.one("section.failed"), drawing=True)
        yield _step("unqualified", rejected=len(rejected))
    else:
        yield from _judging(dossier, tender, keysets, opened)


def _judging(
    dossier: Dossier, tender: Tender, keysets: Mapping[tuple[str, str], Published], opened: Mapping[str, Opened]
) -> Iterator[Step]:
    """From the draw of the committee on."""
    revealed = check_draws(dossier, keysets)
    assert revealed is not None
    yield _step("draw", draw=revealed.subject, seats=revealed.facts["seats"])
    check_reopenable(dossier, tender)
    *earlier, last = rounds(dossier)
    for number, again in enumerate(earlier, 1):
        yield from _set_aside(again, tender, opened, number)
    committee = check_committee(dossier, tender, opened)
    pauses, dossier = check_sitting(dossier, committee.judges), last.own
    yield _step("committee", judges=len(committee.judges), rejected=len(committee.standing.rejected))
    if pauses:
        yield _step("pauses", pauses=pauses)
    committee = check_second(dossier, tender, keysets, opened, committee)
    if tender.second is not None and dossier.all("price.opened"):
        yield _step("second", opened=len(dossier.all("price.opened")), counted=len(committee.valid))
    if stopped(dossier):
        failed = check_halted(dossier, tender, opened, committee.valid)
        check_ended(dossier, tender, failed)
        yield _step("halted", remaining=failed.facts["remaining"], minimum=failed.facts["minimum"])
        return
    if dossier.all("section.failed") and not ended_without_award(dossier):
        failed = check_found(dossier, tender, committee)
        check_ended(dossier, tender, failed)
        yield _step("failed", reason=failed.facts["reason"])
        return
    yield from _evaluation(dossier, tender, opened, committee)


def _set_aside(one: Round, tender: Tender, opened: Mapping[str, Opened], number: int) -> Iterator[Step]:
    """An evaluation that the procuring entity had done again held as much as any until then."""
    committee = check_committee(one.whole, tender, opened)
    order, reported = yield from _marks(one.own, tender, opened, committee, filed=False)
    reopened = check_set_aside(one.own, tender, opened, order, reported, committee)
    yield _step("set-aside", round=number, cause=reopened.facts["cause"])


def _marks(
    dossier: Dossier, tender: Tender, opened: Mapping[str, Opened], committee: Committee, *, filed: bool = True
) -> Generator[Step, None, tuple[Mapping[str, Any], Reported]]:
    """From the locks to the report; gives the evaluation's `out` in its decided order, and by what it was reported."""
    check_commitments(dossier, committee)
    yield _step("marks", judges=len(committee.judges))
    fold = check_labels(dossier, tender, committee)
    if fold.labels:
        yield _step("blind", labels=len(fold.labels))
    out = check_evaluation(dossier, tender, opened, committee, fold, filed=filed)
    yield _step("evaluation", order=out["order"])
    explanations = check_explanations(dossier, tender, committee, fold)
    check_report(dossier, tender, committee, explanations)
    reported = check_answers(dossier, tender, committee.judges)
    silent = len(committee.judges) - reported.signed - reported.dissented
    yield _step("report", signed=reported.signed, dissented=reported.dissented, silent=silent)
    told = check_review(dossier, tender, opened, committee.judges)
    if any(told.values()):
        yield _step("review", **told)
    signer = check_tie(dossier, tender, opened, out, reported)
    if signer is not None:
        yield _step("tie", signer=signer.subject, serial=signer.serial)
    return {**out, "order": decided_order(dossier, out)}, reported


def _evaluation(dossier: Dossier, tender: Tender, opened: Mapping[str, Opened], committee: Committee) -> Iterator[Step]:
    if dossier.all(*INQUIRIES):
        yield _step("inquiries", **check_inquiries(dossier, tender, opened, committee))
    order, reported = yield from _marks(dossier, tender, opened, committee)
    if ended_without_award(dossier):
        failed = check_no_award(dossier, tender, opened, order, reported, committee)
        check_ended(dossier, tender, failed)
        yield _step("no-award", cause=failed.facts["cause"], passed=len(dossier.all(PASSED)))
        return
    winner = check_result(dossier, tender, opened, order, reported, committee)
    if committee.capacity:
        yield _step("capacity", asked=len(committee.capacity))
    if dossier.all(PASSED):
        yield _step("ways", passed=len(dossier.all(PASSED)))
    if tender.by_choice:
        yield _step("choice", winner=winner["bidder"], rank=winner["rank"])
    yield _step("result", winner=winner["bidder"], price=winner["price_text"])


def _check_members(dossier: Dossier) -> None:
    """The file holds what its events call for and nothing else; `evidence.member-missing`, `evidence.member-unknown`."""
    bids = [member_name(one.subject) for one in dossier.all("bid.submitted", "bid.replaced")]
    evaluated = [EVALUATION] if rounds(dossier)[-1].own.all("marks.published") else []
    failed = failure_members(dossier)
    times = {TOKENS} & dossier.members.keys()
    expected = {POLICY, EVENTS, PAGE, INDEX, SEAL, *times, *evaluated, *failed, *bids, *draw_members(dossier)}
    for name in sorted(expected ^ dossier.members.keys()):
        if name in expected:
            raise Problem("evidence.member-missing", where=name)
        raise Problem("evidence.member-unknown", where=name)


def _step(name: str, /, **facts: Any) -> Step:
    return Step(name, facts)
