"""The committee in the evidence, followed event by event: who sat, who made room for whom, what they resolved and signed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from expertpool.draw.evidence import recompute as recompute_draw
from expertpool.recusal.representatives import REPRESENTATIVE
from infra.kernel.canonical import unb64
from infra.kernel.money import Fen, fen
from infra.kernel.problems import Problem
from trading.archive.verify_dossier import Dossier, Logged, in_order, json_member, placed, utc
from trading.archive.verify_examination import EXAMINED, Examined
from trading.archive.verify_opening import Opened
from trading.archive.verify_qualification import check_qualification
from trading.archive.verify_tender import Tender
from trading.evaluation.committee import (
    LATER,
    Ground,
    Kind,
    Motion,
    Standing,
    check_content,
    check_reasons,
    resolution_message,
    standing,
)
from trading.evaluation.marks import judge_id, judge_serial
from trading.evaluation.reading import read_method
from trading.evaluation.rules import ItemKind
from trading.evaluation.sizes import check_size
from trading.regimes.regime import Rule

CAPACITY_ASKED = "capacity.asked"
COMMITTEE = (
    "draw.requested", "draw.revealed", "sign-in.appointed", "judge.signed-in", "slip.replaced", "recusal.declared",
    "judge.replaced", "resolution.moved", "resolution.voted", "marks.locked", "recusal.found", "invitation.declined",
    "invitation.unanswered", "representative.named", "evaluation.reopened", CAPACITY_ASKED, *EXAMINED,
)  # fmt: skip
GROUNDS = {"recusal.found": "recusal", "invitation.declined": "declined", "invitation.unanswered": "unanswered"}
"""What must stand before a judge is replaced for this reason."""
SIZES = {"panel.size": "evidence.committee-size", "panel.even": "evidence.committee-size"}
LONGEST_AMOUNT = 24
WHY = ("unable", "left", "recusal", "mistake")
"""Why another representative is named for a seat that one holds."""


class Judge(NamedTuple):
    """A seat's holder: the section's pseudonym `J<n>`, the certificate of the key made for this section, the sign-in."""

    name: str
    certificate: bytes
    seated: Logged


class Able(NamedTuple):
    """What the committee resolved of a candidate's capacity to perform, and by which event."""

    bid: str
    capable: bool
    number: int


class Committee(NamedTuple):
    """The judges who sat to the end, the lock of each that counts, what they resolved, and the bids that took part."""

    judges: dict[str, Judge]
    locks: dict[str, Logged]
    standing: Standing
    valid: list[str]
    examined: dict[str, Any] | None = None
    capacity: Mapping[int, Able] = MappingProxyType({})
    """By the number of the question."""


def check_committee(dossier: Dossier, tender: Tender, opened: Mapping[str, Opened]) -> Committee:
    """Every seat of the last draw filled as drawn, every resolution lawful and signed by those who held the seats."""
    room = _Room(dossier, tender, opened)
    for event in dossier.all(*COMMITTEE):
        with placed(event.where):
            room.follow(event)
    revealed = dossier.all("draw.revealed")[-1]
    if room.judges.keys() != room.seats.keys():
        differ = ", ".join(sorted(room.judges.keys() ^ room.seats.keys()))
        raise Problem("evidence.judges", differ=differ, where=revealed.where)
    return Committee(room.judges, room.locks, room.standing, room.valid, room.examined.result, room.capacity)


class _Room:
    """The committee's state after each event."""

    def __init__(self, dossier: Dossier, tender: Tender, opened: Mapping[str, Opened]) -> None:
        self._dossier, self._regime, self._method = dossier, tender.regime, read_method(tender.method)
        self._ceiling = tender.ceiling
        self._opened = [bid for bid, one in opened.items() if one.sound]
        self._number = 0
        self._asked: dict[int, str] = {}
        self._past: set[int] = set()
        self.capacity: dict[int, Able] = {}
        self.examined = Examined(dossier, tender)
        self._unqualified = check_qualification(dossier, tender, opened)
        self._qualified = [bid for bid in self._opened if bid not in self._unqualified]
        self._empty()

    def _empty(self) -> None:
        self.seats: dict[str, str] = {}
        self.alternates: dict[str, list[str]] = {}
        self.judges: dict[str, Judge] = {}
        self.locks: dict[str, Logged] = {}
        self._recused: set[str] = set()
        self._grounds: set[tuple[str, str]] = set()
        self._due: Logged | None = None
        self._filled: list[int] | None = None
        self._vacant: set[str] = set()
        self._representatives = 0
        self._named: set[str] = set()
        self._motions: dict[int, Motion] = {}
        self.examined.empty()

    @property
    def standing(self) -> Standing:
        """What was resolved, and who is out by the examination."""
        found = standing(list(self._motions.values()), len(self.seats))
        return found._replace(rejected={**self._unqualified, **self.examined.rejected, **found.rejected})

    @property
    def valid(self) -> list[str]:
        return self.standing.valid(self._opened)

    def follow(self, event: Logged) -> None:
        """What the event does to the committee, or why it may not stand here."""
        steps = {
            "draw.requested": self._ask,
            "draw.revealed": self._draw,
            "sign-in.appointed": self._appoint,
            "representative.named": self._name,
            "judge.signed-in": self._sit,
            "slip.replaced": self._rise,
            "recusal.declared": lambda one: self._recused.add(one.facts["judge"]),
            "judge.replaced": self._replace,
            "resolution.moved": self._move,
            "resolution.voted": self._vote,
            "marks.locked": self._lock,
            "evaluation.reopened": self._reopen,
            CAPACITY_ASKED: self._question,
            "examination.locked": lambda one: self.examined.lock(one, self._certificates, self.seats),
            "examination.settled": self._settle,
            **dict.fromkeys(GROUNDS, self._ground),
        }
        steps[event.name](event)

    def _ask(self, event: Logged) -> None:
        self._filled = event.facts.get("seats")
        if self._filled is not None:
            vacant = sorted(self._vacant, key=lambda name: int(name[1:]))
            if not vacant or [judge_id(number) for number in self._filled] != vacant:
                raise Problem("evidence.draw", field="seats", where=event.where)
            return
        self._empty()
        self._representatives = event.facts.get("representatives", 0)

    def _draw(self, event: Logged) -> None:
        document = json_member(self._dossier.members, f"draw-{event.subject.rpartition('/')[2]}.json")
        out = recompute_draw(document)["out"]
        members = [row[1] for row in out if len(row) == 2]
        for leaf, specialty, *alternate in out:
            if alternate:
                self.alternates.setdefault(specialty, []).append(leaf)
        if self._filled is None:
            self._seat_all(members, event)
        else:
            self._fill([judge_id(number) for number in self._filled], members, event)

    def _seat_all(self, members: list[str], event: Logged) -> None:
        self._check_size(len(members), event)
        places = [*members, *[REPRESENTATIVE] * self._representatives]
        self.seats = {judge_id(number): specialty for number, specialty in enumerate(places, 1)}

    def _fill(self, names: list[str], members: list[str], event: Logged) -> None:
        """A supplement fills the vacant seats it was asked for, each with its own specialty; the others stay (TBR 46)."""
        if sorted(members) != sorted(self.seats[name] for name in names):
            raise Problem("evidence.draw", field="seats", where=event.where)
        self._vacant.difference_update(names)

    def _check_size(self, experts: int, event: Logged) -> None:
        """By the rule set of the notice: members enough and odd, the experts' share, few enough representatives (TBL 37)."""
        budget = None if self._ceiling is None else _amount(self._ceiling)
        try:
            check_size(experts, self._representatives, self._regime.parameters, budget=budget)
        except Problem as problem:
            code = SIZES.get(problem.code, "evidence.representatives")
            raise Problem(code, experts=experts, representatives=self._representatives, where=event.where) from problem

    def _name(self, event: Logged) -> None:
        """Only for a representative's seat, before its sign-in; another than before for a reason."""
        name, why = event.facts["judge"], event.facts.get("why")
        right = {
            "judge": self.seats.get(name) == REPRESENTATIVE and event.subject == f"{self._dossier.section}#{name}",
            "seated": name not in self.judges and not any(name in one.votes for one in self._motions.values()),
            "why": why in WHY if name in self._named else why is None,
        }
        for field, holds in right.items():
            if not holds:
                raise Problem("evidence.representative", judge=name, field=field)
        self._named.add(name)

    def _appoint(self, event: Logged) -> None:
        self._due = event

    def _sit(self, event: Logged) -> None:
        name, certificate = event.facts["judge"], unb64(event.facts["certificate"])
        if not self.seats:
            raise Problem("evidence.order", first="draw.revealed", then=event.name)
        if self.seats.get(name) == REPRESENTATIVE and name not in self._named:
            raise Problem("evidence.order", first="representative.named", then=event.name)
        certified = self._dossier.certified(certificate, event.at)
        right = certified.serial == judge_serial(self._dossier.section, name) and event.facts["no_conflict"] is True
        if not right or event.subject != f"{self._dossier.section}#{name}" or name in (*self.judges, *self._vacant):
            raise Problem("evidence.judge", judge=name, serial=certified.serial)
        self.judges[name] = Judge(name, certificate, event)

    def _rise(self, event: Logged) -> None:
        """A judge whose machine is lost gets a new slip and signs in again with a new key: never after the lock."""
        name = event.facts["judge"]
        if name not in self.seats or name in self.locks or event.subject != f"{self._dossier.section}#{name}":
            raise Problem("evidence.judge", judge=name, serial=event.subject)
        self.judges.pop(name, None)

    def _ground(self, event: Logged) -> None:
        name = event.facts["judge"]
        if name not in self.seats or event.subject != f"{self._dossier.section}#{name}":
            raise Problem("evidence.judge", judge=name, serial=event.subject)
        self._grounds.add((name, GROUNDS[event.name]))

    def _replace(self, event: Logged) -> None:
        facts = event.facts
        name, reason = facts["judge"], facts["reason"]
        waiting = self.alternates.get(self.seats.get(name, ""), [])
        absent = name not in self.judges and self._due is not None
        right = {
            "judge": name in self.seats and event.subject == f"{self._dossier.section}#{name}",
            "specialty": facts["specialty"] == self.seats.get(name),
            "alternate": facts["alternate"] == (waiting[0] if waiting else None),
            "reason": {
                "absent": absent and self._due is not None and event.at >= utc(self._due.facts["by"], event.where),
                "conflict": name in self._recused,
                "resolved": name in self.standing.leaving.values(),
                "recusal": (name, reason) in self._grounds,
                "declined": name not in self.judges and (name, reason) in self._grounds,
                "unanswered": name not in self.judges and (name, reason) in self._grounds,
            }.get(reason, False),
        }
        before = self.standing.rejected
        self._leave(name)
        right["sheets_void"] = facts["sheets_void"] == (before != self.standing.rejected)
        for field, holds in right.items():
            if not holds:
                raise Problem("evidence.replacement", judge=name, field=field)
        del waiting[:1]
        if facts["alternate"] is None and facts["specialty"] != REPRESENTATIVE:
            self._vacant.add(name)
        else:
            self._vacant.discard(name)
        if facts["sheets_void"]:
            self.locks.clear()

    @property
    def _certificates(self) -> dict[str, bytes]:
        return {name: one.certificate for name, one in self.judges.items()}

    def _settle(self, event: Logged) -> None:
        if self.examined.settle(event, self.seats, self._qualified):
            self.locks.clear()

    def _leave(self, name: str) -> None:
        """What the judge did goes: seat, votes, marks; and nobody is asked any more whether the judge shall go."""
        self._recused.discard(name)
        self._grounds = {ground for ground in self._grounds if ground[0] != name}
        if name in self.locks:
            raise Problem("evidence.replacement", judge=name, field="marks")
        self.judges.pop(name, None)
        self.examined.leave(name)
        self._named.discard(name)
        self._motions = {
            number: one._replace(votes={judge: agrees for judge, agrees in one.votes.items() if judge != name})
            for number, one in self._motions.items()
            if one.kind is not Kind.REPLACEMENT or one.content["judge"] != name
        }

    def _move(self, event: Logged) -> None:
        facts, content = event.facts, event.facts["content"]
        self._number += 1
        ground = Ground(self._method, self._regime, self.valid, list(self.judges), self._open)
        kind = check_content(content, ground)
        free = kind in LATER
        in_order(self._dossier.one("section.opened"), event)
        right = {
            "number": facts["number"] == self._number,
            "subject": event.subject == f"{self._dossier.section}#R{self._number}",
            "late": free or (not self.locks and self.judges.keys() == self.seats.keys()),
            "pending": free or not self.standing.undecided,
            "examined": free or self.examined.settled,
            "alone": not any(one.kind is kind is Kind.CAPACITY for one in self.standing.pending),
        }
        self._hold(right, facts)
        self._signed(event, content, agrees=True, reasons="")
        self._motions[self._number] = Motion(self._number, kind, content, {facts["judge"]: True})
        self._resolve(event)

    def _vote(self, event: Logged) -> None:
        facts = event.facts
        motion = self._motions.get(facts["number"])
        open_ones = [one.number for one in self.standing.pending]
        right = {
            "number": motion is not None and motion.number in open_ones,
            "subject": event.subject == f"{self._dossier.section}#R{facts['number']}#{facts['judge']}",
            "twice": motion is None or facts["judge"] not in motion.votes,
        }
        self._hold(right, facts)
        assert motion is not None
        if not facts["agrees"]:
            check_reasons(facts["reasons"])
        self._signed(event, motion.content, agrees=facts["agrees"], reasons=facts["reasons"])
        self._motions[motion.number] = motion._replace(votes={**motion.votes, facts["judge"]: facts["agrees"]})
        self._resolve(event)

    @property
    def _open(self) -> tuple[int, str] | None:
        """The question about a candidate's capacity that waits for the committee."""
        return next(((number, bid) for number, bid in self._asked.items() if number not in self.capacity), None)

    def _question(self, event: Logged) -> None:
        number = event.facts["number"]
        if number != len(self._asked) + len(self._past) + 1 or self._open is not None:
            raise Problem("evidence.capacity", field="number")
        self._asked[number] = event.facts["bid"]

    def _resolve(self, event: Logged) -> None:
        """A motion may have been decided by this event; of capacity it then answers the question."""
        for number, capable in self.standing.capacity.items():
            if number in self._asked and number not in self.capacity:
                self.capacity[number] = Able(self._asked[number], capable, event.number)

    def _reopen(self, _: Logged) -> None:
        """The committee evaluates again: new marks, and what was asked about the candidates of before is past."""
        self.locks.clear()
        self._past |= self._asked.keys()
        self._asked = {}

    def _lock(self, event: Logged) -> None:
        name = event.facts["judge"]
        if name not in self.seats or name in self.locks or event.subject != f"{self._dossier.section}#{name}":
            raise Problem("evidence.judge", judge=name, serial=event.subject)
        if name not in self.judges:
            raise Problem("evidence.order", first="judge.signed-in", then=event.name)
        valid, decided = self.valid, self.standing
        objective = self._method.of_kind(ItemKind.OBJECTIVE)
        right = {
            "pending": not decided.undecided,
            "competition": len(valid) >= self._regime.count(Rule.VALID_BIDS_MINIMUM)
            or decided.lacking(valid) is not None,
            "objective": not objective or decided.finds(valid),
            "examined": self.examined.settled,
        }
        self._hold(right, {"number": self._number})
        self.locks[name] = event

    def _signed(self, event: Logged, content: Mapping[str, Any], *, agrees: bool, reasons: str) -> None:
        name = event.facts["judge"]
        if name not in self.judges:
            raise Problem("evidence.judge", judge=name, serial=event.subject)
        message = resolution_message(
            self._dossier.section, event.facts["number"], content, agrees=agrees, reasons=reasons
        )
        self._dossier.signed(self.judges[name].certificate, unb64(event.facts["signature"]), message, event.at)

    def _hold(self, right: Mapping[str, bool], facts: Mapping[str, Any]) -> None:
        for field, holds in right.items():
            if not holds:
                raise Problem("evidence.resolution", number=facts["number"], field=field)


def _amount(text: str) -> Fen:
    if len(text) > LONGEST_AMOUNT:
        raise Problem("money.not-an-amount", text=text[:LONGEST_AMOUNT])
    return fen(text)
