"""A committee's sitting in the evidence: marks locked in the time set for them, nothing done while the room was sealed."""

from collections.abc import Collection
from datetime import datetime

from infra.kernel.problems import Problem
from trading.archive.verify_dossier import SLACK, Dossier, Logged, utc
from trading.archive.verify_rounds import REOPENED
from trading.sitting.rules import due_to_extend

TIMED, ASKED = "evaluation.timed", "marking-time.asked"
PAUSED, RESUMED = "evaluation.paused", "evaluation.resumed"
LOCKED = "marks.locked"
ACTS = frozenset(
    (
        LOCKED, ASKED, TIMED, "examination.locked", "resolution.moved", "resolution.voted", "inquiry.drafted",
        "inquiry.sent", "inquiry.refused", "consolidation.begun", "marks.published",
    )
)  # fmt: skip
"""What is done in the room, and what only follows from it: nothing of it while the room is sealed."""


def check_sitting(dossier: Dossier, judges: Collection[str]) -> int:
    """Every pause ended before anything went on, the time was never shortened, and nobody locked after it; how many pauses.

    `evidence.sitting` tells what is wrong: `pause`, `until`, `asked`, `judge` or `time` (TBR 48).
    """
    sitting = _Sitting(dossier.section, judges)
    for event in dossier.events:
        sitting.follow(event)
    return sitting.pauses


class _Sitting:
    def __init__(self, section: str, judges: Collection[str]) -> None:
        self.section, self.judges, self.pauses = section, judges, 0
        self.until: datetime | None = None
        self.asked: set[str] = set()
        self.paused: Logged | None = None

    def follow(self, event: Logged) -> None:
        """One event of the section, in its order."""
        self._hold("pause", event, holds=self.paused is None or event.name not in (*ACTS, PAUSED, REOPENED))
        match event.name:
            case "evaluation.timed":
                self._set(event)
            case "marking-time.asked":
                judge = event.facts["judge"]
                self._hold("time", event, holds=self.until is not None)
                own = judge in self.judges and event.subject == f"{self.section}#{judge}"
                self._hold("judge", event, holds=own and judge not in self.asked)
                self.asked.add(judge)
            case "evaluation.paused":
                self._hold("until", event, holds=utc(event.facts["resumes"], event.where) > event.at - SLACK)
                self.paused, self.pauses = event, self.pauses + 1
            case "evaluation.resumed":
                self._resume(event)
            case "evaluation.reopened":
                self.until, self.asked = None, set()
            case "marks.locked":
                late = self.until is not None and event.at > self.until + SLACK
                self._hold("time", event, holds=not late or due_to_extend(len(self.asked), len(self.judges)))

    def _set(self, event: Logged) -> None:
        until = utc(event.facts["until"], event.where)
        self._hold("until", event, holds=until > (self.until or event.at - SLACK))
        self._hold("asked", event, holds=event.facts["asked"] == len(self.asked))
        self.until, self.asked = until, set()

    def _resume(self, event: Logged) -> None:
        self._hold("pause", event, holds=self.paused is not None)
        assert self.paused is not None
        told, away = event.facts.get("until"), event.at - self.paused.at
        self._hold("until", event, holds=(told is None) == (self.until is None))
        if self.until is not None:
            shifted = utc(told, event.where)
            self._hold("until", event, holds=abs(shifted - self.until - away) <= SLACK)
            self.until = shifted
        self.paused = None

    @staticmethod
    def _hold(field: str, event: Logged, *, holds: bool) -> None:
        if not holds:
            raise Problem("evidence.sitting", field=field, where=event.where)
