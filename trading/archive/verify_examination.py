"""The preliminary examination in the evidence: signed answers that open as promised, and a result anybody settles alike."""

from collections.abc import Collection, Mapping
from typing import Any

from infra.kernel.canonical import unb64
from infra.kernel.problems import Problem
from trading.archive.verify_dossier import Dossier, Logged, after_cosigning, equal, in_order
from trading.archive.verify_tender import Tender
from trading.examination.rules import Items, Party, check_answers, commitment, examine, grounds, items_for, items_of
from trading.regimes.regime import Rule

EXAMINED = ("examination.locked", "examination.settled")


class Examined:
    """What the committee has examined after each event; it stays open again once a judge has left (TBR 48)."""

    def __init__(self, dossier: Dossier, tender: Tender) -> None:
        self._dossier = dossier
        by = tender.regime.words(Rule.QUALIFICATION_BY)
        self._items: Items = items_for(Party.COMMITTEE, items_of(tender.states[-1].examination), by)
        self.empty()

    def empty(self) -> None:
        """Another committee begins anew."""
        self.result: dict[str, Any] | None = None
        self._locks: dict[str, Logged] = {}
        self._open = bool(self._items)

    @property
    def settled(self) -> bool:
        """Whether marks may be given: at once where the document has no such items."""
        return not self._open

    @property
    def rejected(self) -> dict[str, str]:
        """Who is out and why."""
        return grounds(self.result)

    def lock(self, event: Logged, judges: Mapping[str, bytes], seats: Collection[str]) -> None:
        """One judge's signed commitment while all sit and the examination is open; `evidence.judge`, `.examination`."""
        name = event.facts["judge"]
        if name not in judges or event.subject != f"{self._dossier.section}#{name}":
            raise Problem("evidence.judge", judge=name, serial=event.subject)
        self._hold(event, open=self._open, twice=name not in self._locks, seated=judges.keys() == set(seats))
        in_order(self._dossier.one("section.opened"), event)
        promised = unb64(event.facts["commitment"])
        self._dossier.signed(judges[name], unb64(event.facts["signature"]), promised, event.at)
        self._locks[name] = event

    def settle(self, event: Logged, seats: Collection[str], opened: Collection[str]) -> bool:
        """Answers as promised, complete, and settled by majority; gives whether the locked marks are void by it."""
        facts = event.facts
        subject = event.subject == self._dossier.section
        self._hold(event, open=self._open, subject=subject, judges=self._locks.keys() == set(seats))
        self._hold(event, sheets=facts["sheets"].keys() == set(seats))
        after_cosigning(list(self._locks.values()), event)
        for name, sheet in facts["sheets"].items():
            promised = commitment(unb64(sheet["salt"], 32), self._dossier.section, name, sheet["answers"])
            self._hold(event, answers=promised == unb64(self._locks[name].facts["commitment"]))
            check_answers(sheet["answers"], self._items, opened)
        answers = {name: sheet["answers"] for name, sheet in facts["sheets"].items()}
        result = examine(self._items, answers, len(seats))
        void = self.result is not None and self.rejected != grounds(result)
        self._hold(event, result=equal(facts["result"], result), sheets_void=facts["sheets_void"] == void)
        self.result, self._open = result, False
        return void

    def leave(self, name: str) -> None:
        """What a judge answered goes with the seat; a settled result is open again."""
        self._locks.pop(name, None)
        self._open = self._open or self.result is not None

    def _hold(self, event: Logged, **right: bool) -> None:
        for field, holds in right.items():
            if not holds:
                raise Problem("evidence.examination", field=field, where=event.where)
