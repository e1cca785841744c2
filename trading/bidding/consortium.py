"""A consortium 联合体 as its lead bidder states it inside the sealed opening form, and who bids twice in one section.

Pure. Nobody learns of the members before the opening: they stand in the sealed form and nowhere else (TBL 31, IR 37).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, Never

from stdnum.cn import uscc

from infra.kernel.problems import Problem

AGREEMENT = "consortium-agreement"
"""The part that holds the signed agreement 联合体协议书, submitted with the bid (TBL 31)."""
MOST_MEMBERS = 9
MOST_BODIES = MOST_MEMBERS + 1
"""The most that a section may admit, the lead included."""
LONGEST = 200
WHOLE = Decimal(100)
_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_SHARE = re.compile(r"(0|[1-9][0-9]?)(\.[0-9]{1,2})?")
_OF_LEAD, _OF_MEMBER = {"share", "work", "members"}, {"name", "code", "share", "work"}


def require_consortium(found: Any) -> None:
    """`opening-form.consortium` (with the field) unless this is one: `{share, work, members: [{name, code, share, work}]}`.

    `share` and `work` are the lead's own; shares are per cent with at most two decimals and make 100 with the lead's;
    no code stands twice and each has its check digit (GB 32100).
    """
    if not isinstance(found, dict) or set(found) != _OF_LEAD or not isinstance(found["members"], list):
        _refuse("consortium")
    members = found["members"]
    if not 1 <= len(members) <= MOST_MEMBERS:
        _refuse("members")
    for place, member in enumerate(members):
        if not isinstance(member, dict) or set(member) != _OF_MEMBER:
            _refuse(f"members[{place}]")
        _require_text(member["name"], f"members[{place}].name")
        _require_code(member["code"], f"members[{place}].code")
    for at, one in [("", found), *((f"members[{n}].", member) for n, member in enumerate(members))]:
        _require_text(one["work"], f"{at}work")
        _require_share(one["share"], f"{at}share")
    if len({member["code"] for member in members}) != len(members):
        _refuse("members.code")
    if sum((Decimal(one["share"]) for one in members), Decimal(found["share"])) != WHOLE:
        _refuse("share")


def require_admitted(parts: Collection[str], joint: int) -> None:
    """`bid.no-consortia` for a bid with an agreement where a bid may have but one body."""
    if AGREEMENT in parts and joint < 2:
        raise Problem("bid.no-consortia")


class Read(NamedTuple):
    """A bid of the opening record: its bidder's credit code, its form or None where it was not read out, its parts."""

    bid: str
    bidder: str
    form: Mapping[str, Any] | None
    parts: Collection[str]


def record_notes(bids: Iterable[Read], joint: int = MOST_BODIES) -> dict[str, dict[str, Any]]:
    """By bid, what its row of the opening record says besides; a bid of which there is nothing to say is left out.

    `apart`: the codes of bodies that stand in another bid of the section too, whose bids are void (IR 37). `agreement`:
    `missing` where a consortium submitted none (IR 51), `unexpected` where nobody is joined. `joint`: `not-admitted`
    where the section admits no consortium, `too-many` where the bid has more bodies than it says. The committee decides.
    """
    bids = list(bids)
    counted = Counter(code for one in bids for code in _bodies(one))
    found = {}
    for one in bids:
        apart = sorted(code for code in _bodies(one) if counted[code] > 1)
        told = {"apart": apart, "agreement": _agreement(one), "joint": _joint(one, joint)}
        found[one.bid] = {name: value for name, value in told.items() if value}
    return {bid: notes for bid, notes in found.items() if notes}


def _agreement(one: Read) -> str:
    joined, there = "consortium" in (one.form or {}), AGREEMENT in one.parts
    if one.form is None or joined == there:
        return ""
    return "missing" if joined else "unexpected"


def _joint(one: Read, most: int) -> str:
    if "consortium" not in (one.form or {}) or len(_bodies(one)) <= most:
        return ""
    return "too-many" if most > 1 else "not-admitted"


def _bodies(one: Read) -> set[str]:
    consortium = (one.form or {}).get("consortium")
    return {one.bidder} | ({member["code"] for member in consortium["members"]} if consortium else set())


def _require_text(value: Any, field: str) -> None:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        _refuse(field)
    if any(unicodedata.category(sign) == "Cc" for sign in value):
        _refuse(field)


def _require_code(value: Any, field: str) -> None:
    if not isinstance(value, str) or not _CODE.fullmatch(value) or uscc.calc_check_digit(value[:17]) != value[17]:
        _refuse(field)


def _require_share(value: Any, field: str) -> None:
    if not isinstance(value, str) or not _SHARE.fullmatch(value) or not Decimal(value):
        _refuse(field)


def _refuse(field: str) -> Never:
    raise Problem("opening-form.consortium", field=field)
