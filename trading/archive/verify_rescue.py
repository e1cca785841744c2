"""Factors, remedies and late keys in the evidence: nothing opened without what the notice promised, every limit kept."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from infra.kernel.canonical import b64
from infra.kernel.problems import Problem
from trading.archive.verify_bids import Bid
from trading.archive.verify_dossier import SLACK, Dossier, Logged, in_order, utc
from trading.archive.verify_keys import Published, releases_before
from trading.archive.verify_tender import Tender
from trading.opening.rules import MISSING, MOST_TRIES, OVERDUE, may_remedy
from trading.regimes.regime import Rule
from trading.sections.envelopes import LOCKING, PRICE

OPENS, CLOSES, LATE = "factor-window.opened", "factor-window.closed", "key-release.overdue"
GIVEN, REFUSED = "bid.factor-given", "bid.factor-refused"
SHOWN, DIFFERS, ENDED = "bid.remedy-given", "bid.remedy-refused", "bid.remedy-ended"
RESCUES = (GIVEN, REFUSED, SHOWN, DIFFERS, ENDED)
REMEDIES = (SHOWN, DIFFERS, ENDED)


def rescue_steps(dossier: Dossier) -> Iterator[tuple[str, dict[str, int]]]:
    """What `Rescue` has found to hold, step by step with its figures; nothing of what the opening did not need.

    `factors` where a window was opened, `late-keys` where the limit for keys passed, `remedies` where a bid might be shown.
    """
    if dossier.all(OPENS):
        missing = sum(len(one.facts["missing"]) for one in dossier.all(CLOSES))
        counted = {"given": len(dossier.all(GIVEN)), "refused": len(dossier.all(REFUSED))}
        yield "factors", {**counted, "missing": missing}
    for late in dossier.all(LATE):
        yield "late-keys", {"released": late.facts["released"], "needed": late.facts["needed"]}
    asked = {one.subject for one in dossier.all("bid.unopened") if "remedy" in one.facts}
    if asked:
        shown, differed, ended = (len(dossier.all(name)) for name in REMEDIES)
        yield "remedies", {"asked": len(asked), "shown": shown, "differed": differed, "ended": ended}


class Rescue:
    """What bidders gave at an opening, followed event by event; `evidence.factor`, `.remedy`, `.overdue`, `.early` refuse."""

    def __init__(self, dossier: Dossier, tender: Tender, bids: Collection[str]) -> None:
        told = tender.notice.facts["facts"]
        self.asked, self.permitted = told.get("bidder_factor") == "yes", told.get("remedy") == "yes"
        self._dossier, self._tender, self._listed = dossier, tender, set(bids)
        self._window, self._over = (_only(dossier, name) for name in (OPENS, CLOSES))
        self._late, self._late_second = _late_in(dossier)
        self._factors: set[str] = set()
        self._tries: dict[str, int] = {}
        self._shown: set[tuple[str, str]] = set()
        self._until: dict[str, datetime] = {}
        self._check_window()
        self._check_late(self._late, dossier.one("section.closed"), tender.keyset)
        if self._late_second is not None:
            self._check_late(self._late_second, dossier.one(LOCKING), tender.second)

    def opens(self, bid: Bid, parts: Collection[str], event: Logged) -> bool:
        """Whether these parts were opened by keys, not shown in plain; refuses what lacked its factor."""
        shown = all((bid.id, part) in self._shown for part in parts)
        missing = self.asked and not shown and bid.id not in self._factors
        _hold({"opened": not missing}, "evidence.factor", event)
        return not shown

    def fails(self, bid: Bid, event: Logged) -> bool:
        """Whether a bid's failure was found with keys; its reason stands, and the remedy it was given is the due one."""
        reason, told = event.facts["reason"], event.facts.get("remedy")
        if reason == MISSING:
            over = self._over is not None and self._over.number < event.number
            right = {"asked": self.asked and over, "given": bid.id not in self._factors}
            _hold(right, "evidence.factor", event)
        if reason == OVERDUE:
            late = self._late_second if event.facts["part"] == PRICE else self._late
            _hold({"limit": late is not None and late.number < event.number}, "evidence.overdue", event)
        self._offer(bid, event, reason, None if told is None else utc(told, event.where))
        return str(reason) != OVERDUE

    def tell(self, event: Logged, bid: Bid, *, sealed: bool, waits: bool, part: str, by_bidder: bool) -> None:
        """One of `RESCUES`, of a bid that is `sealed` or `waits` for its part by its own bidder's fault or another's."""
        if event.name in (GIVEN, REFUSED):
            self._factor(event, bid, sealed=sealed)
        elif event.name == ENDED:
            _hold({"waits": waits and by_bidder and (bid.id, part) not in self._shown}, "evidence.remedy", event)
            self._not_before(event, self._until.get(bid.id, event.at), event.at)
        else:
            self._show(event, bid)

    def keys_before(self, effect: Logged | None) -> None:
        """t keys stood released before the first thing that needed them; without such a thing their limit had passed."""
        if effect is not None:
            releases_before(self._dossier, self._tender.keyset, self._dossier.one("section.closed"), effect)
        elif self._late is None:
            raise Problem(
                "evidence.too-few-keys", have=0, need=self._tender.keyset.document.threshold, where="events.json"
            )

    def _check_window(self) -> None:
        """The window opened when the keys were there, for the length that the rule set gives, and told who was missing."""
        window, over = self._window, self._over
        if window is None:
            _hold({"window": over is None}, "evidence.factor", over)
            return
        in_order(self._dossier.one("section.closed"), window, *([over] if over else []))
        releases_before(self._dossier, self._tender.keyset, self._dossier.one("section.closed"), window)
        length = self._length(Rule.FACTOR_WINDOW)
        right = {
            "asked": self.asked,
            "section": window.subject == self._dossier.section,
            "until": utc(window.facts["until"], window.where) >= window.at + length - SLACK,
        }
        _hold(right, "evidence.factor", window)
        if over is not None:
            given = {one.subject for one in self._dossier.all(GIVEN) if one.number < over.number}
            ended = self._dossier.all("bid.opened", "bid.cause-decided")
            done = {one.subject for one in ended if one.number < over.number}
            right = {
                "section": over.subject == self._dossier.section,
                "missing": over.facts["missing"] == sorted(self._listed - given - done),
            }
            _hold(right, "evidence.factor", over)
            self._not_before(over, window.at + length, window.at)

    def _check_late(self, late: Logged | None, asked: Logged, keyset: Published | None) -> None:
        """Too few keys at the limit after they were asked for: as many as the log holds, and the limit was reached."""
        if late is None:
            return
        _hold({"round": keyset is not None}, "evidence.overdue", late)
        assert keyset is not None
        in_order(asked, late)
        before = [one for one in self._dossier.all("key.released") if one.number < late.number]
        released = sum(one.facts["keyset"] == keyset.hash for one in before)
        need = keyset.document.threshold
        right = {
            "section": late.subject == self._dossier.section,
            "released": late.facts["released"] == released < need,
            "needed": late.facts["needed"] == need,
        }
        _hold(right, "evidence.overdue", late)
        self._not_before(late, asked.at + self._length(Rule.KEY_RELEASE_LIMIT), asked.at)

    def _factor(self, event: Logged, bid: Bid, *, sealed: bool) -> None:
        window, over, tries = self._window, self._over, self._tries.get(bid.id, 0)
        right = {
            "window": window is not None and window.number < event.number,
            "closed": over is None or event.number < over.number,
            "given": bid.id not in self._factors and sealed,
            "manifest": event.facts["manifest"] == b64(bid.manifest.digest),
            "left": tries < MOST_TRIES and event.facts.get("left", MOST_TRIES - tries - 1) == MOST_TRIES - tries - 1,
        }
        _hold(right, "evidence.factor", event)
        if event.name == GIVEN:
            self._factors.add(bid.id)
        else:
            self._tries[bid.id] = tries + 1

    def _offer(self, bid: Bid, event: Logged, reason: str, told: datetime | None) -> None:
        """A remedy where the document permits one or the platform is at fault, once, for the time of the rule set."""
        known = self._until.get(bid.id)
        may = may_remedy(reason, permitted=self.permitted)
        if told is None:
            _hold({"denied": not may or known is not None}, "evidence.remedy", event)
            return
        first = event.at + self._length(Rule.REMEDY_WINDOW) - SLACK
        _hold({"permitted": may, "until": told >= (first if known is None else known)}, "evidence.remedy", event)
        self._until[bid.id] = told

    def _show(self, event: Logged, bid: Bid) -> None:
        facts, until = event.facts, self._until.get(bid.id)
        entry = next((one for one in bid.manifest_of(facts["part"]).parts if one.part == facts["part"]), None)
        right = {
            "asked": until is not None,
            "manifest": facts["manifest"] == b64(bid.manifest.digest),
            "part": entry is not None and (bid.id, facts["part"]) not in self._shown,
            "promised": entry is not None and facts["promised"] == b64(entry.commit),
            "found": (facts["found"] == facts["promised"]) == (event.name == SHOWN),
        }
        _hold(right, "evidence.remedy", event)
        if event.name == SHOWN:
            self._shown.add((bid.id, facts["part"]))

    def _not_before(self, event: Logged, limit: datetime, since: datetime) -> None:
        """`evidence.early` unless the limit, later by each pause of the hall since then, was reached."""
        earliest = limit + _paused(self._dossier, since, event) - SLACK
        if event.at < earliest:
            raise Problem("evidence.early", name=event.name, earliest=earliest, where=event.where)

    def _length(self, rule: Rule) -> timedelta:
        return timedelta(seconds=self._tender.regime.count(rule))


def _paused(dossier: Dossier, since: datetime, until: Logged) -> timedelta:
    total, begun = timedelta(0), since
    for event in dossier.all("hall.paused", "hall.resumed"):
        if event.number > until.number:
            break
        if event.name == "hall.paused":
            begun = max(event.at, since)
        else:
            total += max(event.at - begun, timedelta(0))
    return total


def _only(dossier: Dossier, name: str) -> Logged | None:
    return dossier.one(name) if dossier.all(name) else None


def _late_in(dossier: Dossier) -> tuple[Logged | None, Logged | None]:
    """The passed limit for the keys of the first envelopes, and that for those of the second; each at most once."""
    locked = dossier.all(LOCKING)[:1]
    second = [one for one in dossier.all(LATE) if locked and one.number > locked[0].number]
    first = [one for one in dossier.all(LATE) if one not in second]
    if max(len(first), len(second)) > 1:
        dossier.one(LATE)
    return next(iter(first), None), next(iter(second), None)


def _hold(right: Mapping[str, bool], code: str, event: Logged | None, **facts: Any) -> None:
    for field, holds in right.items():
        if not holds:
            raise Problem(code, **facts, field=field, where=event.where if event else "events.json")
