"""What an expert's entry holds, as the expert gave it and as it is sealed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Title(StrEnum):
    """Professional title 职称 or what is granted as its equal."""

    SENIOR = "senior"
    FULL_SENIOR = "full-senior"
    EQUAL = "equal"


class TieKind(StrEnum):
    """How an expert is tied to a body (TBL 37, M12 16)."""

    EMPLOYED = "employed"
    DIRECTOR = "director"
    CONTROLLING = "controlling"
    KIN = "kin"
    PUNISHED = "punished"
    OTHER = "other"


class Tie(NamedTuple):
    """A tie to the body with this credit code, from and until when, where that is known."""

    code: str
    kind: TieKind
    since: date | None = None
    until: date | None = None


class Certificate(NamedTuple):
    """A practising certificate: its kind, its number and the day it ends, if it does."""

    kind: str
    number: str
    until: date | None = None


@dataclass(frozen=True)
class Profile:
    """What is known of an expert. `identity` is `<type>:<number>`, `employer` a credit code or nothing, `region` six
    digits, `professions` codes of the tree; `consents` names what the expert has agreed to.
    """

    name: str
    identity: str
    phone: str
    email: str
    bank: str
    employer: str | None
    employer_name: str
    title: Title
    years: int
    region: str
    professions: tuple[str, ...]
    certificates: tuple[Certificate, ...] = ()
    ties: tuple[Tie, ...] = ()
    consents: frozenset[str] = frozenset()
