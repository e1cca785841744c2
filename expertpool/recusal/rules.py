"""Who must not judge whom, decided from codes and names alone (GPR 9, TBR 46; rules/trading.md §4)."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from expertpool.experts.rules import Tie, TieKind

COOLING_YEARS = 3
COOLED = (TieKind.EMPLOYED, TieKind.DIRECTOR, TieKind.CONTROLLING)
"""What keeps an expert away for three years after it has ended (GPR 9(1)-(3)); other ties only while they last."""


class Part(StrEnum):
    """What a body is to a section."""

    BIDDER = "bidder"
    MEMBER = "member"
    AGENT = "agent"
    ENTITY = "entity"
    CONTROLLING = "controlling"


class HitKind(StrEnum):
    """Why an expert must not judge a party's bid."""

    EMPLOYED = "employed"
    DIRECTOR = "director"
    CONTROLLING = "controlling"
    KIN = "kin"
    PUNISHED = "punished"
    OTHER = "other"
    HEAD = "head"


class Party(NamedTuple):
    """A body that takes part in a section, by its credit code, with the names of those who head it.

    `codes` are the other codes it is known under today: of bodies merged into it, or that it was merged into.
    """

    code: str
    name: str
    part: Part
    heads: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()


class Person(NamedTuple):
    """What is known of an expert: the employer's credit code or nothing, the ties, the name."""

    employer: str | None
    ties: tuple[Tie, ...]
    name: str


class Hit(NamedTuple):
    """One reason why somebody must not judge, and the party it is about."""

    kind: HitKind
    party: Party


def hits(person: Person, parties: Sequence[Party], now: datetime, years: int = COOLING_YEARS) -> list[Hit]:
    """Every reason, party by party in the order given; bodies are matched by their credit codes of today, heads by name.

    The employer of today counts always; a former one, a former directorship or control for `years` after its end.
    """
    today = now.date()
    return [Hit(kind, party) for party in parties for kind in _kinds(person, party, today, years)]


def lasts(tie: Tie, today: date, years: int = COOLING_YEARS) -> bool:
    """Whether a tie keeps its expert away today."""
    if tie.since is not None and tie.since > today:
        return False
    if tie.until is None:
        return True
    return today <= (_later(tie.until, years) if tie.kind in COOLED else tie.until)


def _kinds(person: Person, party: Party, today: date, years: int) -> list[HitKind]:
    codes = {party.code, *party.codes}
    found = {HitKind.EMPLOYED} if person.employer in codes else set()
    found |= {HitKind(tie.kind) for tie in person.ties if tie.code in codes and lasts(tie, today, years)}
    if person.name in party.heads:
        found.add(HitKind.HEAD)
    return sorted(found, key=list(HitKind).index)


def _later(day: date, years: int) -> date:
    """The same day some years on; the 29th of February becomes the 1st of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
