"""Recomputing a whole section from its evidence file alone: bytes in, one step after the other or the first refusal."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from infra.kernel.problems import Problem
from infra.tlog.policy import Policy
from trading.archive.bundle import INDEX, SEAL, unpack
from trading.archive.verify_bids import check_bids, check_closing, member_name
from trading.archive.verify_dossier import Dossier, placed
from trading.archive.verify_draw import check_draws, draw_members
from trading.archive.verify_keys import check_releases, read_keysets
from trading.archive.verify_log import EVENTS, POLICY, check_index, check_policy, read_dossier
from trading.archive.verify_marks import EVALUATION, check_commitments, check_evaluation, check_judges, check_report
from trading.archive.verify_opening import check_opening
from trading.archive.verify_result import PAGE, check_page, check_result
from trading.archive.verify_tender import check_tender


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
    yield _step("log", section=dossier.section, events=len(dossier.events) + 1, size=dossier.events[-1].size)
    _check_members(dossier)
    yield _step("members", listed=len(members))
    yield from _section(dossier)


def _section(dossier: Dossier) -> Iterator[Step]:
    keysets = read_keysets(dossier)
    tender = check_tender(dossier, keysets)
    yield _step("tender", title=tender.title, regime=tender.regime.id, demo=tender.regime.watermark)
    bids = check_bids(dossier, tender)
    yield _step("bids", submitted=len(bids), deadline=tender.keyset.document.deadline)
    listed = check_closing(dossier, tender, bids)
    yield _step("closing", listed=len(listed))
    check_releases(dossier, keysets)
    opened = check_opening(dossier, tender, listed)
    unopened = sum(one.form is None for one in opened.values())
    yield _step("opening", opened=len(opened) - unopened, unopened=unopened)
    revealed = check_draws(dossier, keysets)
    yield _step("draw", draw=revealed.subject, seats=revealed.facts["seats"])
    judges = check_judges(dossier, revealed)
    check_commitments(dossier, judges)
    yield _step("marks", judges=len(judges))
    out = check_evaluation(dossier, tender, opened)
    yield _step("evaluation", order=out["order"])
    reported = check_report(dossier, tender, judges, out)
    yield _step("report", judges=len(judges))
    winner = check_result(dossier, tender, opened, out, reported)
    yield _step("result", winner=winner["bidder"], price=winner["price_text"])
    check_page(dossier, tender)
    yield _step("page")


def _check_members(dossier: Dossier) -> None:
    """The file holds what its events call for and nothing else; `evidence.member-missing`, `evidence.member-unknown`."""
    bids = [member_name(one.subject) for one in dossier.all("bid.submitted", "bid.replaced")]
    expected = {POLICY, EVENTS, EVALUATION, PAGE, INDEX, SEAL, *bids, *draw_members(dossier)}
    for name in sorted(expected ^ dossier.members.keys()):
        if name in expected:
            raise Problem("evidence.member-missing", where=name)
        raise Problem("evidence.member-unknown", where=name)


def _step(name: str, /, **facts: Any) -> Step:
    return Step(name, facts)
