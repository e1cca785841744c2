"""What an expert's entry holds, as the expert gave it and as it is sealed, and what it must be to stand in the pool."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from expertpool.professions.rules import CODE
from infra.auth.registration.rules import end_of
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem

VALID_FOR = timedelta(days=365)
"""Until the next yearly appraisal."""
NOTICE = timedelta(days=15)
CONSENTS = ("rules", "personal-data", "calls")
"""To keep the rules for experts; to the use of what is personal (PIPL 13, 17); to be called by message and voice."""
MOST_PROFESSIONS, MOST_CERTIFICATES, MOST_TIES = 6, 12, 40
LONGEST_NAME, LONGEST_REASON, LONGEST_NUMBER = 60, 500, 80
RESIDENT = "resident"
DOCUMENTS = (RESIDENT, "hk-macao", "taiwan", "passport", "foreign-resident")
"""The kinds of document an identity may be the number of."""


class Title(StrEnum):
    """Professional title 职称 or what is granted as its equal."""

    SENIOR = "senior"
    FULL_SENIOR = "full-senior"
    EQUAL = "equal"


class Admission(NamedTuple):
    """What the rules ask of whoever is entered 入库条件: the least years in the field, the titles that count; where it stands.

    The rule set in force gives it (`trading.regimes`, `expert-years` and `expert-titles`); the pool only applies it.
    `codes` is the form of a profession's code in the list that the installation keeps.
    """

    years: int
    titles: frozenset[str]
    source: str
    mark: str
    codes: re.Pattern[str] = CODE


LAW = Admission(8, frozenset(Title), "TBL 37", "✔")
"""For whoever asks under no rule set: files from another pool, demonstrations, what was entered before."""


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


def told(profile: Profile) -> dict[str, Any]:
    """The profile as canonical JSON: what is sealed, and what the digest of a version is taken over."""
    return {
        "name": profile.name,
        "identity": profile.identity,
        "phone": profile.phone,
        "email": profile.email,
        "bank": profile.bank,
        "employer": profile.employer,
        "employer_name": profile.employer_name,
        "title": str(profile.title),
        "years": profile.years,
        "region": profile.region,
        "professions": list(profile.professions),
        "certificates": [[one.kind, one.number, _day(one.until)] for one in profile.certificates],
        "ties": [[one.code, str(one.kind), _day(one.since), _day(one.until)] for one in profile.ties],
        "consents": sorted(profile.consents),
    }


def read_profile(document: Mapping[str, Any]) -> Profile:
    """The profile again of what `told` gave."""
    plain = {name: document[name] for name in ("name", "identity", "phone", "email", "bank", "employer")}
    return Profile(
        **plain,
        employer_name=document["employer_name"],
        title=Title(document["title"]),
        years=document["years"],
        region=document["region"],
        professions=tuple(document["professions"]),
        certificates=tuple(Certificate(kind, number, _read_day(end)) for kind, number, end in document["certificates"]),
        ties=tuple(
            Tie(code, TieKind(kind), _read_day(since), _read_day(end)) for code, kind, since, end in document["ties"]
        ),
        consents=frozenset(document["consents"]),
    )


def check_consents(profile: Profile) -> None:
    """`expert.consent` unless everything that needs consent has it."""
    if not set(CONSENTS) <= profile.consents:
        raise Problem("expert.consent")


def checked_reason(text: str, *, code: str = "expert.reason") -> str:
    """A written reason without blanks around it; the refusal `code` where it is blank or too long."""
    if not is_written(text, LONGEST_REASON):
        raise Problem(code, most=LONGEST_REASON)
    return text.strip()


def reaches(professions: Collection[str]) -> list[str]:
    """The codes and every code above them: `A0804` reaches `A`, `A08` and `A0804`."""
    return sorted({code[:size] for code in professions for size in (1, 3, 5, 7) if size <= len(code)})


def valid_until(now: datetime) -> datetime:
    """The end of the day (Asia/Shanghai) a year on: by then the next appraisal must have been."""
    return end_of((now + VALID_FOR).date())


def masked(identity: str) -> str:
    """An identity as it may stand on a page: its type, and the last four signs of its number."""
    kind, _, number = identity.partition(":")
    return f"{kind}:{'*' * max(0, len(number) - 4)}{number[-4:]}"


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _read_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
