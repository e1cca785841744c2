"""Pure decisions of registration: what a field may hold, what differs between two versions, when a review is due."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from unicodedata import normalize
from zoneinfo import ZoneInfo

from infra.kernel.context import Role
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem

CHINA = ZoneInfo("Asia/Shanghai")
KINDS = (Role.BIDDER, Role.PROCURING, Role.AGENT)
FIELDS = (
    "kinds",
    "name",
    "credit_code",
    "region",
    "address",
    "legal_representative",
    "contact_name",
    "contact_phone",
    "contact_email",
    "licences",
    "person_name",
    "mandate_scope",
    "mandate_until",
)
"""The fields of a profile, in the order in which people read them."""

REVIEW_WITHIN = timedelta(days=3)
"""The centre's own promise of service; no article of law sets this time."""
WARN_BEFORE = timedelta(days=30)
LONGEST_MANDATE = timedelta(days=5 * 366)
LICENCES = 12

_PHONE = re.compile(r"[0-9+()/ -]{5,40}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}")


class Licence(NamedTuple):
    """One qualification 资质 as its certificate names it; `valid_until` is its last good day."""

    name: str
    number: str
    valid_until: date

    @classmethod
    def read(cls, told: Mapping[str, str]) -> "Licence":
        """A licence as a profile keeps it."""
        return cls(told["name"], told["number"], date.fromisoformat(told["valid_until"]))


class Difference(NamedTuple):
    """One field of two versions, each as lines of text; `before` is empty where there was no version before."""

    field: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    changed: bool


def checked_text(text: str, longest: int = 200) -> str:
    """The text in one line without blanks around it; `registration.text` where it is blank or too long."""
    line = " ".join(normalize("NFC", text).split())
    if not is_written(line, longest):
        raise Problem("registration.text", longest=longest)
    return line


def checked_phone(text: str) -> str:
    """A telephone number: digits with `+ ( ) / -` and blanks; `registration.phone`."""
    number = normalize("NFKC", text).strip()
    if not _PHONE.fullmatch(number):
        raise Problem("registration.phone")
    return number


def checked_email(text: str) -> str:
    """An address of electronic mail, or nothing; `registration.email`."""
    address = text.strip()
    if address and not _EMAIL.fullmatch(address):
        raise Problem("registration.email")
    return address


def checked_kinds(kinds: list[str], held: list[str]) -> list[str]:
    """The roles wanted, in a steady order; `registration.kinds` for none, `registration.kind-kept` for one given up."""
    wanted = [str(kind) for kind in KINDS if str(kind) in kinds]
    if not wanted:
        raise Problem("registration.kinds")
    if set(held) - set(wanted):
        raise Problem("registration.kind-kept")
    return wanted


def checked_day(text: str) -> date:
    """A calendar day written YYYY-MM-DD; `registration.day`."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Problem("registration.day", day=text[:40]) from error


def checked_mandate(text: str, now: datetime) -> date:
    """The last day of a mandate; `mandate.until` unless it is today or later, and within five years."""
    day = checked_day(text)
    if not now < end_of(day) <= now + LONGEST_MANDATE:
        raise Problem("mandate.until", day=day.isoformat())
    return day


def checked_licence(name: str, number: str, valid_until: str, now: datetime) -> Licence | None:
    """A licence, or None for an empty row; `registration.licence` for half a row, `registration.licence-over`."""
    if not any(part.strip() for part in (name, number, valid_until)):
        return None
    if not all(part.strip() for part in (name, number, valid_until)):
        raise Problem("registration.licence")
    licence = Licence(checked_text(name), checked_text(number, 80), checked_day(valid_until))
    if end_of(licence.valid_until) <= now:
        raise Problem("registration.licence-over", name=licence.name, day=licence.valid_until.isoformat())
    return licence


def end_of(day: date) -> datetime:
    """The instant at which a day is over in Asia/Shanghai (CC 203: a day ends at 24:00)."""
    return datetime.combine(day + timedelta(days=1), time(), CHINA)


def differences(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[Difference]:
    """Every field of the new version beside that of the old one; a licence is one line."""
    found = []
    for field in FIELDS:
        before, after = lines(field, old.get(field) if old else None), lines(field, new.get(field))
        if before or after:
            found.append(Difference(field, before, after, old is not None and before != after))
    return found


def lines(field: str, value: Any) -> tuple[str, ...]:
    """A field as lines of text to read and to compare."""
    if not value:
        return ()
    if field == "licences":
        return tuple(f"{one['name']} · {one['number']} · {one['valid_until']}" for one in value)
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def review_due(submitted_at: datetime) -> datetime:
    """Until when the centre has promised to answer."""
    return submitted_at + REVIEW_WITHIN
