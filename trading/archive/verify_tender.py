"""What bidders were told: a document frozen before the notice, the trustees' keyset before it, lawful periods."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from infra.kernel.canonical import b64, digest
from infra.kernel.problems import Problem
from trading.archive.verify_changes import CHANGES, EXAMINATION, Standing, check_changes, content_of
from trading.archive.verify_dossier import SLACK, Dossier, Logged, equal, in_order, placed, utc
from trading.archive.verify_keys import Published
from trading.bidding.consortium import MOST_BODIES
from trading.blind.rules import BLINDABLE
from trading.choice.rules import BY_CHOICE
from trading.evaluation.method import check_method
from trading.notices.kinds import NoticeKind
from trading.notices.rules import check_periods
from trading.regimes.regime import DEMO, Regime, Rule
from trading.regimes.rules import REGIMES
from trading.sections.envelopes import LEAST, LOCKING, SECOND

BODIES = tuple(str(number) for number in range(1, MOST_BODIES + 1))
CLOSING = "section.closed"
ROUND = "1"
ABOUT_THE_SECTION = (
    "section.created",
    "section.changed",
    "document.frozen",
    *CHANGES,
    "bidders.invited",
    "section.closed",
    "opening.halted",
    "opening.continued",
    "section.opened",
    "technical.locked",
    "reserve-price.sealed",
    "reserve-price.opened",
    "reserve-price.unopened",
    "blind.labelled",
    "marks.published",
    "tie.decided",
    "report.confirmed",
    "report.returned",
    "publicity.ended",
    "winner.determined",
    "capacity.asked",
    "qualification.examined",
    "candidate.passed-over",
    "evaluation.reopened",
    "evaluation.timed",
    "evaluation.paused",
    "evaluation.resumed",
    "winner.chosen",
)


class Tender(NamedTuple):
    """What holds for every bid: title, scoring method, keyset, deadline (UTC) at the end, rule set; and `states` before."""

    title: str
    method: Mapping[str, Any]
    keyset: Published
    deadline: datetime
    regime: Regime
    notice: Logged
    states: Sequence[Standing]
    second: Published | None = None
    """The keyset of the second envelopes, where the notice names one."""

    @property
    def by_choice(self) -> bool:
        """Whether the procuring entity chooses the winner among the candidates."""
        return bool(self.notice.facts["facts"].get("by_choice"))

    @property
    def stated(self) -> str:
        """The deadline in force at the end, as the record writes it."""
        return self.states[-1].deadline

    @property
    def ceiling(self) -> str | None:
        """The highest price admitted at the end, as text in yuan; None where there is none."""
        told: str | None = self.states[-1].ceiling
        return told

    @property
    def joint(self) -> int:
        """How many bodies one bid may have, as the notice says; an older notice leaves it open."""
        return int(self.notice.facts["facts"].get("joint", MOST_BODIES))

    @property
    def blind(self) -> list[str]:
        """The parts that judges read without a name, as the notice says."""
        told = self.notice.facts["facts"].get("blind")
        return told.split(", ") if told else []


def check_tender(dossier: Dossier, keysets: Mapping[tuple[str, str], Published]) -> Tender:
    """Document, keyset and notice agree and stand in this order; `evidence.document`, `.keyset`, `.notice`, `.order`."""
    created, frozen = dossier.one("section.created"), dossier.one("document.frozen")
    notice = dossier.one("notice.published")
    for event in dossier.all(*ABOUT_THE_SECTION):
        if event.subject != dossier.section:
            raise Problem("evidence.section", found=event.subject, expected=dossier.section, where=event.where)
    _check_document(frozen)
    keyset = keysets.get((CLOSING, ROUND))
    if keyset is None:
        raise Problem("evidence.event-missing", name="keyset.published", where="events.json")
    named = [created, *dossier.all("section.changed")]
    in_order(*named, frozen, notice)
    in_order(keyset.event, notice)
    told = notice.facts["facts"]
    if created.number != 1:
        raise Problem("evidence.order", first=created.name, then=dossier.events[0].name, where=dossier.events[0].where)
    right = {
        "kind": notice.facts["kind"] == NoticeKind.TENDER,
        "document": told.get("document") == frozen.facts["document"],
        "ceiling": told.get("ceiling") == frozen.facts["ceiling"],
        "keyset": told.get("keyset") == keyset.hash,
        "deadline": told.get("deadline") == keyset.document.deadline,
        "suite": told.get("suite", keyset.document.suite) == keyset.document.suite,
        "joint": told.get("joint", "1") in BODIES,
        "blind": told.get("blind", BLINDABLE[0]) in BLINDABLE,
    }
    for field, holds in right.items():
        if not holds:
            raise Problem("evidence.notice", field=field, where=notice.where)
    deadline, sale_ends = utc(told["deadline"], notice.where), utc(told.get("sale_ends"), notice.where)
    with placed(notice.where):
        regime = REGIMES.get(str(told.get("regime")), mode=DEMO)
        check_periods(regime, notice.at - SLACK, sale_ends, deadline)
    with placed(frozen.where):
        check_method(frozen.facts["method"], regime, frozen.facts["labels"], frozen.facts.get(EXAMINATION, ()))
    if told.get("by_choice", "yes") != "yes" or ("by_choice" in told and BY_CHOICE not in regime.words(Rule.AWARD_BY)):
        raise Problem("evidence.notice", field="by_choice", where=notice.where)
    states = check_changes(dossier, frozen, notice, regime, str(told["deadline"]))
    deadline = utc(states[-1].deadline, notice.where)
    second = _second(notice, keyset, keysets)
    return Tender(named[-1].facts["title"], states[-1].method, keyset, deadline, regime, notice, states, second)


def _second(notice: Logged, first: Published, keysets: Mapping[tuple[str, str], Published]) -> Published | None:
    """The second envelopes' keyset, published before the notice that names it, under the first's deadline and suite."""
    told = notice.facts["facts"].get("second_keyset")
    if told is None:
        return None
    found = keysets.get((LOCKING, SECOND))
    if found is None:
        raise Problem("evidence.event-missing", name="keyset.published", where="events.json")
    in_order(found.event, notice)
    right = {
        "second_keyset": told == found.hash,
        "deadline": found.document.deadline == first.document.deadline,
        "suite": found.document.suite == first.document.suite,
        "minimum": found.document.release.minimum == LEAST,
    }
    for field, holds in right.items():
        if not holds:
            raise Problem("evidence.notice", field=field, where=notice.where)
    return found


def _check_document(frozen: Logged) -> None:
    """The digest that notice and bidders rely on is that of method, labels, examination, files and ceiling as told here."""
    if not equal(b64(digest(content_of(frozen.facts))), frozen.facts["document"]):
        raise Problem("evidence.document", where=frozen.where)
