"""Checking what is told of an expert, field by field; no refusal repeats what was said."""

import re
from collections.abc import Collection
from dataclasses import replace
from unicodedata import normalize

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from expertpool.draw.rules import IDENTITY
from expertpool.experts.rules import (
    LAW,
    LONGEST_NAME,
    LONGEST_NUMBER,
    MOST_CERTIFICATES,
    MOST_PROFESSIONS,
    MOST_TIES,
    RESIDENT,
    Admission,
    Certificate,
    Profile,
    Tie,
    Title,
)
from infra.auth.organisations import checked_credit_code, checked_region
from infra.auth.registration.rules import checked_email, checked_phone, checked_text
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem

_RESIDENT_NUMBER = re.compile(r"[0-9]{17}[0-9X]")


def checked_profile(profile: Profile, admission: Admission = LAW) -> Profile:
    """The profile in its one form; the first thing that cannot stand is refused, without a word of what it said.

    `expert.name`, `.identity`, `.employer`, `.specialty`, `.years`, `.title`, `.certificate`, `.tie`, `registration.…`,
    `organisation.region`.
    """
    if len(profile.certificates) > MOST_CERTIFICATES or len(profile.ties) > MOST_TIES:
        raise Problem("expert.too-long")
    return replace(
        profile,
        name=checked_name(profile.name),
        identity=checked_identity(profile.identity),
        phone=checked_phone(profile.phone) if profile.phone else "",
        email=checked_email(profile.email),
        employer=checked_employer(profile.employer),
        employer_name=checked_text(profile.employer_name) if profile.employer_name else "",
        title=checked_title(profile.title, admission),
        years=checked_years(profile.years, admission),
        region=checked_region(profile.region),
        professions=checked_professions(profile.professions, admission),
        certificates=tuple(checked_certificate(one) for one in profile.certificates),
        ties=tuple(checked_tie(one) for one in profile.ties),
    )


def checked_name(name: str) -> str:
    """A name in one line; `expert.name` where it is blank or longer than sixty characters."""
    line = " ".join(normalize("NFC", name).split())
    if not is_written(line, LONGEST_NAME):
        raise Problem("expert.name", longest=LONGEST_NAME)
    return line


def checked_identity(identity: str) -> str:
    """`<type>:<number>` in its one form; `expert.identity`, `expert.check-digit` for a resident number that is mistyped.

    The place in a resident number is not looked up: places are renamed and dissolved, numbers stay.
    """
    kind, _, number = normalize("NFKC", identity).strip().partition(":")
    number = "".join(number.split())
    if kind == RESIDENT:
        number = number.upper()
        if not _RESIDENT_NUMBER.fullmatch(number):
            raise Problem("expert.identity")
        if not _is_born(number) or ric.calc_check_digit(number) != number[17]:
            raise Problem("expert.check-digit")
    if not IDENTITY.fullmatch(f"{kind}:{number}"):
        raise Problem("expert.identity")
    return f"{kind}:{number}"


def checked_employer(code: str | None) -> str | None:
    """The employer's credit code in its one form, or None for nobody's; `expert.employer`."""
    if not code:
        return None
    try:
        return checked_credit_code(code)
    except Problem as problem:
        raise Problem("expert.employer") from problem


def checked_title(title: str, admission: Admission = LAW) -> Title:
    """The professional title; `expert.title` for none, or one that the rules do not take."""
    if title not in set(Title) or title not in admission.titles:
        raise Problem("expert.title")
    return Title(title)


def checked_years(years: int, admission: Admission = LAW) -> int:
    """The years of work in the field; `expert.years` for fewer than the rules ask for, or more than a life holds."""
    if not admission.years <= years <= 80:
        raise Problem("expert.years", least=admission.years, source=admission.source)
    return years


def checked_professions(codes: Collection[str], admission: Admission = LAW) -> tuple[str, ...]:
    """The codes, each once, in order; `expert.specialty` for none, too many, a class, or one of another form."""
    listed = tuple(sorted({code.strip().upper() for code in codes if code.strip()}))
    if (
        not listed
        or len(listed) > MOST_PROFESSIONS
        or any(len(code) == 1 or not admission.codes.fullmatch(code) for code in listed)
    ):
        raise Problem("expert.specialty")
    return listed


def checked_certificate(held: Certificate) -> Certificate:
    """The certificate with kind and number in one line each; `expert.certificate` where one of them is blank or too long."""
    try:
        return held._replace(kind=checked_text(held.kind), number=checked_text(held.number, LONGEST_NUMBER))
    except Problem as problem:
        raise Problem("expert.certificate") from problem


def checked_tie(tie: Tie) -> Tie:
    """The tie with its code in the one form; `expert.tie` for a wrong code or an end before its beginning."""
    try:
        code = checked_credit_code(tie.code)
    except Problem as problem:
        raise Problem("expert.tie") from problem
    if tie.since and tie.until and tie.until < tie.since:
        raise Problem("expert.tie")
    return tie._replace(code=code)


def _is_born(number: str) -> bool:
    try:
        ric.get_birth_date(number)
    except (ValidationError, ValueError):
        return False
    return True
