"""A failed section in the evidence: that it had to fail, that it ended there, and the notice that tells everybody."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from infra.kernel.fields import members_at
from infra.kernel.problems import Problem
from trading.archive.verify_bids import check_closed
from trading.archive.verify_changes import CHANGES
from trading.archive.verify_committee import Committee
from trading.archive.verify_dossier import Dossier, Logged, equal, json_member, placed
from trading.archive.verify_keys import Published
from trading.archive.verify_opening import Opened, stopped
from trading.archive.verify_record import NOTED, check_hall
from trading.archive.verify_result import STILL
from trading.archive.verify_tender import CLOSING, ROUND, Tender
from trading.examination.rules import Next, goes_on
from trading.notices.kinds import NoticeKind
from trading.opening.rules import TOO_FEW_BIDS, too_few
from trading.regimes.regime import Rule
from trading.sections.envelopes import LOCKING, SECOND

FAILURE = "failure.json"
TITLE = "流标公告"
# All that may stand in the file of a section whose bids nobody opens: none of their own events, and no key.
BEFORE = ("section.created", "section.changed", "document.frozen", "keyset.published", "notice.published", *CHANGES)
AFTER = ("bid.refused", NOTED)
# What a draw that runs while its section fails may still cause; it seats nobody any more.
OF_THE_DRAW = (
    "draw.", "redraw.", "keyset.published", "judge.replaced", "invitation.", "recusal.", "representative.",
)  # fmt: skip
RESULTS = ("marks.", "report.", "tie.", "candidates.", "publicity.", "winner.", "award.")


def failed_early(dossier: Dossier) -> bool:
    """Whether the closing says that too few bids stood, so that nothing was opened."""
    return any(one.facts["outcome"] == "failed" for one in dossier.all("section.closed"))


def check_few_bids(dossier: Dossier, tender: Tender, keysets: Mapping[tuple[str, str], Published]) -> int:
    """The listed bids are fewer than the minimum, and no key, no opening and no bid's own event stands in the record.

    Gives their number. `evidence.outcome`, `.list`, `.failed-section`, `.failure-notice`.
    """
    closed = check_closed(dossier, tender)
    for event in dossier.events:
        if event is not closed and event.name not in (BEFORE if event.number < closed.number else AFTER):
            raise Problem("evidence.failed-section", name=event.name, bids=len(closed.facts["bids"]), where=event.where)
    check_hall(dossier)
    for place, published in keysets.items():
        if place not in ((CLOSING, ROUND), (LOCKING, SECOND)):
            raise Problem("evidence.keyset", field="release", where=published.event.where)
    rows = closed.facts["bids"]
    once = all(len({row[field] for row in rows}) == len(rows) for field in ("bid", "manifest"))
    if not once or len(rows) > dossier.hidden:
        raise Problem("evidence.list", listed=len(rows), standing=dossier.hidden, missing="none", where=closed.where)
    _check_notice(dossier, tender, {"reason": TOO_FEW_BIDS, "bids": len(rows)})
    return len(rows)


def check_halted(
    dossier: Dossier, tender: Tender, opened: Mapping[str, Opened], priced: Collection[str] | None = None
) -> Logged:
    """The opening had halted with just the bids that were left, and an officer ended it with reasons; gives the failure.

    `priced` are those whose second envelope was read out, where it was these that halted. `evidence.failure` names what
    does not follow.
    """
    failed = dossier.one("section.failed")
    keyset = tender.keyset if priced is None or tender.second is None else tender.second
    facts, minimum = failed.facts, keyset.document.release.minimum
    halts = [one for one in dossier.all("opening.halted") if one.number < failed.number]
    going_on = [one for one in dossier.all("opening.continued") if one.number < failed.number]
    agreed = min((one.facts["remaining"] for one in going_on), default=None)
    left = sum(one.sound if dossier.all("section.opened") else one.form is not None for one in opened.values())
    left = left if priced is None else len(priced)
    last = halts[-1] if halts else None
    halted = last is not None and not any(one.number > last.number for one in going_on)
    counted = last is not None and last.facts["remaining"] == facts["remaining"] == left
    needed = last is not None and last.facts["minimum"] == facts["minimum"] == minimum
    if not (halted and counted and needed and too_few(left, minimum, agreed) and facts["reasons"].strip()):
        raise Problem("evidence.failure", reason=facts["reason"], where=failed.where)
    for event in dossier.events:
        if event.name.startswith(RESULTS) and (priced is None or event.name != "marks.locked"):
            raise Problem("evidence.failed-section", name=event.name, bids=left, where=event.where)
    return failed


def check_found(dossier: Dossier, tender: Tender, committee: Committee) -> Logged:
    """The committee's own finding ended the section; gives the failure. `evidence.failure`."""
    failed, standing, valid = dossier.one("section.failed"), committee.standing, committee.valid
    rules = tender.regime
    found = {
        "competition-lacking": bool(standing.lacking(valid)),
        "all-rejected": bool(standing.rejected) and not valid,
        "too-few-valid": goes_on(len(valid), rules.count(Rule.VALID_BIDS_MINIMUM), rules.words(Rule.TOO_FEW_VALID))
        is Next.FAILED
        and committee.examined is not None,
    }
    reason = str(failed.facts["reason"])
    if not found.get(reason) or failed.facts["remaining"] != len(valid):
        raise Problem("evidence.failure", reason=reason, where=failed.where)
    return failed


def check_ended(dossier: Dossier, tender: Tender, failed: Logged, *, drawing: bool = False) -> None:
    """Nothing was done after the failure, and its notice tells it as it was; `evidence.order`, `evidence.failure-notice`."""
    still = (*STILL, *OF_THE_DRAW) if drawing or stopped(dossier) else STILL
    for event in dossier.after(failed):
        if not event.name.startswith(still):
            raise Problem("evidence.order", first=event.name, then=failed.name, where=event.where)
    facts = failed.facts
    reasons = {"text": facts["reasons"]} if "reasons" in facts else {}
    _check_notice(dossier, tender, {"reason": facts["reason"], "bids": facts["remaining"], **reasons})


def failure_members(dossier: Dossier) -> Iterator[str]:
    """The member that must be there if the section failed: the published notice of it."""
    if failed_early(dossier) or dossier.all("section.failed"):
        yield FAILURE


def _check_notice(dossier: Dossier, tender: Tender, told: Mapping[str, Any]) -> None:
    """The notice says just what the record does; which article it names is its author's word."""
    notice = json_member(dossier.members, FAILURE)
    with placed(FAILURE):
        found = members_at(notice, "$", ("kind", "title", "project", "section", "facts"))
        stated = members_at(found["facts"], "$.facts", (*told, "source"))
    expected = {
        "kind": NoticeKind.FAILED,
        "title": f"{tender.title}{TITLE}",
        "project": tender.title,
        "section": dossier.section,
        "facts": {**told, "source": stated["source"]},
    }
    for field, value in expected.items():
        if not equal(found[field], value):
            raise Problem("evidence.failure-notice", field=field, where=FAILURE)
