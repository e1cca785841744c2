"""The form of a profile: typed texts to a profile and back, row by row of the licences, each refusal at its field."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from infra.auth.registration.profile import TEXTS
from infra.auth.registration.rules import KINDS, LICENCES, checked_kinds, checked_licence, checked_mandate
from infra.kernel.problems import Problem
from web.forms import Form

PARTS = ("name", "number", "valid_until")
FEWEST_ROWS = 2


def told_profile(form: Form) -> dict[str, Any]:
    """What the form says, unchecked, in the shape of a profile."""
    rows = [{part: form.value(f"licence_{part}_{row}") for part in PARTS} for row in range(rows_of(form))]
    return {
        "kinds": [str(kind) for kind in KINDS if form.value(f"kind_{kind}") == "yes"],
        **{name: form.value(name) for name in TEXTS},
        "licences": [row for row in rows if any(text.strip() for text in row.values())],
        "mandate_until": form.value("mandate_until"),
    }


def check_each(form: Form, now: datetime, held: list[str]) -> None:
    """Check every field, so that all refusals are told at once, each at its own field."""
    with form.field(f"kind_{KINDS[0]}"):
        checked_kinds(told_profile(form)["kinds"], held)
    for name, check in TEXTS.items():
        with form.field(name):
            check(form.value(name))
    for row in range(rows_of(form)):
        with form.field(f"licence_name_{row}"):
            name, number, valid_until = (form.value(f"licence_{part}_{row}") for part in PARTS)
            checked_licence(name, number, valid_until, now)
    with form.field("mandate_until"):
        checked_mandate(form.value("mandate_until"), now)


def rows_of(form: Form) -> int:
    """How many rows of licences the form has."""
    last = max((row for row in range(LICENCES) if f"licence_name_{row}" in form.values), default=-1)
    return max(FEWEST_ROWS, last + 1)


def add_row(form: Form) -> None:
    """One more empty row, up to a dozen."""
    if (row := rows_of(form)) < LICENCES:
        form.values[f"licence_name_{row}"] = ""


def as_typed(profile: Mapping[str, Any]) -> dict[str, str]:
    """A profile as the texts of its form."""
    texts = {name: str(profile.get(name, "")) for name in (*TEXTS, "mandate_until")}
    ticks = {f"kind_{kind}": "yes" for kind in profile.get("kinds", [])}
    rows = {
        f"licence_{part}_{number}": row[part]
        for number, row in enumerate(profile.get("licences", []))
        for part in PARTS
    }
    return texts | ticks | rows


FIELD_OF = {
    "registration.known": "credit_code",
    "registration.code-fixed": "credit_code",
    "registration.centre": "centre",
    "login.form": "login",
    "login.taken": "login",
    "password.length": "password",
}
"""Where a refusal of the whole use-case belongs."""


def refuse_at(form: Form, problem: Problem) -> None:
    """Note a refusal of the use-case at the field it speaks of."""
    form.refuse(problem, FIELD_OF.get(problem.code))
