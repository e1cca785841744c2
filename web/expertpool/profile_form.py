"""The form of an expert's profile: typed texts to a profile and back, each refusal at its own field."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.experts import profile as checks
from expertpool.experts.rules import (
    CONSENTS,
    LONGEST_NUMBER,
    MOST_CERTIFICATES,
    MOST_TIES,
    Admission,
    Certificate,
    Profile,
    Tie,
    TieKind,
)
from expertpool.professions.tables import Profession
from infra.auth.organisations import checked_region
from infra.auth.registration.rules import checked_day, checked_email, checked_phone, checked_text
from infra.kernel.problems import Problem
from web.forms import Form

FEWEST_ROWS = 2
BROAD = 3
"""A profession of the tree's second level, such as A08, has so many signs; those have a tick of their own."""
FIELD_OF = {
    "expert.no-office": "region",
    "expert.other-region": "region",
    "expert.known": "private_identity",
    "expert.reason": "private_reason",
    "expert.profession-unknown": "professions",
}
"""Where a refusal of the whole use-case belongs."""


async def broad_professions(session: AsyncSession) -> Sequence[Profession]:
    """The professions of the second level that are in force, in order of their codes."""
    wanted = select(Profession).where(Profession.ended_at.is_(None)).order_by(Profession.code)
    return [one for one in await session.scalars(wanted) if len(one.code) == BROAD]


async def unknown_professions(session: AsyncSession, codes: Sequence[str]) -> list[str]:
    """Those of the codes that the tree does not hold or holds no longer."""
    wanted = select(Profession.code).where(Profession.code.in_(codes), Profession.ended_at.is_(None))
    return sorted(set(codes) - set(await session.scalars(wanted)))


def profile_typed(form: Form, admission: Admission, *, consents: bool = True) -> Profile | None:
    """The profile of a form, or None where something was refused: every field is looked at, so all is told at once."""
    identity = f"{form.value('private_document')}:{form.value('private_identity')}"
    for name, check in _in_order(form, identity, admission):
        with form.field(name):
            check()
    certificates = _rows(form, "certificate_kind", MOST_CERTIFICATES, lambda row: _certificate(form, row))
    ties = _rows(form, "private_tie_code", MOST_TIES, lambda row: _tie(form, row))
    given = frozenset(one for one in CONSENTS if form.value(f"consent_{one}") == "yes")
    if consents and given != set(CONSENTS):
        form.refuse(Problem("expert.consent"), f"consent_{min(set(CONSENTS) - given, key=CONSENTS.index)}")
    if form.refused:
        return None
    return Profile(
        name=form.value("private_name"),
        identity=identity,
        phone=form.value("private_phone"),
        email=form.value("private_email"),
        bank=form.value("private_bank").strip()[:80],
        employer=form.value("private_employer") or None,
        employer_name=form.value("private_employer_name"),
        title=checks.checked_title(form.value("title"), admission),
        years=_number(form.value("years")),
        region=form.value("region"),
        professions=tuple(professions_typed(form)),
        certificates=tuple(certificates),
        ties=tuple(ties),
        consents=given,
    )


def professions_typed(form: Form) -> list[str]:
    """The codes that are ticked, and those written out."""
    names = (name for name, value in form.values.items() if name.startswith("profession_") and value == "yes")
    ticked = [name.removeprefix("profession_") for name in names]
    return [*ticked, *form.value("professions").replace(",", " ").replace("，", " ").upper().split()]


def as_typed(profile: Profile) -> dict[str, str]:
    """A profile as the texts of its form."""
    kind, _, number = profile.identity.partition(":")
    found = {
        "private_name": profile.name,
        "private_document": kind,
        "private_identity": number,
        "private_phone": profile.phone,
        "private_email": profile.email,
        "private_bank": profile.bank,
        "private_employer": profile.employer or "",
        "private_employer_name": profile.employer_name,
        "title": str(profile.title),
        "years": str(profile.years),
        "region": profile.region,
        "professions": " ".join(code for code in profile.professions if len(code) > BROAD),
    }
    found |= {f"profession_{code}": "yes" for code in profile.professions if len(code) == BROAD}
    found |= {f"consent_{one}": "yes" for one in profile.consents}
    for row, held in enumerate(profile.certificates):
        found[f"certificate_kind_{row}"] = held.kind
        found[f"private_certificate_number_{row}"] = held.number
        found[f"certificate_until_{row}"] = _written(held.until)
    for row, tie in enumerate(profile.ties):
        found[f"private_tie_code_{row}"] = tie.code
        found[f"private_tie_kind_{row}"] = str(tie.kind)
        found[f"private_tie_since_{row}"] = _written(tie.since)
        found[f"private_tie_until_{row}"] = _written(tie.until)
    return found


def rows_of(form: Form) -> dict[str, int]:
    """How many rows the form has for certificates and for ties."""
    counted = {"certificates": ("certificate_kind", MOST_CERTIFICATES), "ties": ("private_tie_code", MOST_TIES)}
    return {
        name: max(FEWEST_ROWS, 1 + max((row for row in range(most) if f"{stem}_{row}" in form.values), default=-1))
        for name, (stem, most) in counted.items()
    }


def add_row(form: Form) -> bool:
    """One more empty row of what was asked for; whether one was asked for."""
    asked = form.values.pop("add_row", "")
    stems = {"certificates": ("certificate_kind", MOST_CERTIFICATES), "ties": ("private_tie_code", MOST_TIES)}
    if asked not in stems:
        return False
    stem, most = stems[asked]
    if (row := rows_of(form)[asked]) < most:
        form.values[f"{stem}_{row}"] = ""
    return True


def refuse_at(form: Form, problem: Problem) -> None:
    """Note a refusal of the use-case at the field it speaks of."""
    form.refuse(problem, FIELD_OF.get(problem.code))


def _in_order(form: Form, identity: str, admission: Admission) -> list[tuple[str, Callable[[], object]]]:
    """The checks of single fields as they stand on the page: a summary of refusals reads from top to bottom."""
    employer_name = form.value("private_employer_name")
    return [
        ("private_name", lambda: checks.checked_name(form.value("private_name"))),
        ("private_identity", lambda: checks.checked_identity(identity)),
        ("private_phone", lambda: checked_phone(form.value("private_phone"))),
        ("private_email", lambda: checked_email(form.value("private_email"))),
        ("private_employer", lambda: checks.checked_employer(form.value("private_employer"))),
        ("private_employer_name", lambda: checked_text(employer_name) if employer_name.strip() else ""),
        ("title", lambda: checks.checked_title(form.value("title"), admission)),
        ("years", lambda: checks.checked_years(_number(form.value("years")), admission)),
        ("professions", lambda: checks.checked_professions(professions_typed(form), admission)),
        ("region", lambda: checked_region(form.value("region"))),
    ]


def _rows(form: Form, stem: str, most: int, read: Callable[[int], Any]) -> list[Any]:
    found = []
    for row in range(most):
        with form.field(f"{stem}_{row}"):
            found.append(read(row))
    return [one for one in found if one is not None]


def _certificate(form: Form, row: int) -> Certificate | None:
    kind, number = form.value(f"certificate_kind_{row}"), form.value(f"private_certificate_number_{row}")
    until = form.value(f"certificate_until_{row}")
    if not any((kind.strip(), number.strip(), until.strip())):
        return None
    name, written, day = f"certificate_kind_{row}", f"private_certificate_number_{row}", f"certificate_until_{row}"
    checks_of: list[tuple[str, Callable[[], object]]] = [
        (name, lambda: checked_text(kind)),
        (written, lambda: checked_text(number, LONGEST_NUMBER)),
        (day, lambda: _day(until)),
    ]
    before = len(form.refusals)
    for place, check in checks_of:
        with form.field(place):
            check()
    return None if len(form.refusals) > before else Certificate(checked_text(kind), checked_text(number), _day(until))


def _tie(form: Form, row: int) -> Tie | None:
    code = form.value(f"private_tie_code_{row}")
    if not code.strip():
        return None
    kind = form.value(f"private_tie_kind_{row}")
    if kind not in set(TieKind):
        raise Problem("expert.tie")
    since, until = _day(form.value(f"private_tie_since_{row}")), _day(form.value(f"private_tie_until_{row}"))
    return checks.checked_tie(Tie(code, TieKind(kind), since, until))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else 0


def _day(text: str) -> date | None:
    return checked_day(text) if text.strip() else None


def _written(day: date | None) -> str:
    return "" if day is None else day.isoformat()
