"""A profile as it is handed in: every field checked by the one function that knows it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from infra.auth.organisations import checked_credit_code, checked_region
from infra.auth.registration.rules import (
    LICENCES,
    checked_email,
    checked_kinds,
    checked_licence,
    checked_mandate,
    checked_phone,
    checked_text,
)
from infra.kernel.problems import Problem

TEXTS: dict[str, Callable[[str], str]] = {
    "name": checked_text,
    "credit_code": checked_credit_code,
    "region": lambda text: checked_region(text.strip()),
    "address": checked_text,
    "legal_representative": lambda text: checked_text(text, 80),
    "contact_name": lambda text: checked_text(text, 80),
    "contact_phone": checked_phone,
    "contact_email": checked_email,
    "person_name": lambda text: checked_text(text, 80),
    "mandate_scope": checked_text,
}
"""The fields that hold one line of text, each with its check."""


def checked_profile(told: Mapping[str, Any], now: datetime, held: list[str]) -> dict[str, Any]:
    """The whole profile in its one form; the first field that cannot stand is refused. `held` are roles held already."""
    return {
        "kinds": checked_kinds(list(told.get("kinds", [])), held),
        **{name: check(str(told.get(name, ""))) for name, check in TEXTS.items()},
        "licences": checked_licences(list(told.get("licences", [])), now),
        "mandate_until": checked_mandate(str(told.get("mandate_until", "")), now).isoformat(),
    }


def checked_licences(rows: list[Mapping[str, str]], now: datetime) -> list[dict[str, str]]:
    """The licences that are filled in; `registration.licences` for more than a dozen."""
    if len(rows) > LICENCES:
        raise Problem("registration.licences", most=LICENCES)
    found = [checked_licence(row["name"], row["number"], row["valid_until"], now) for row in rows]
    return [
        {"name": one.name, "number": one.number, "valid_until": one.valid_until.isoformat()} for one in found if one
    ]
