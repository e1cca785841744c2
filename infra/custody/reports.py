"""What trustees say of themselves: kept at each exchange, and compared where bodies must not share a machine or a hand."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from infra.custody.tables import Trustee, TrusteeReport
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem

CLOCK_LIMIT = timedelta(minutes=2)
FORMAT = "readiness/v1"
SHAPE: Mapping[str, Any] = {
    "version": str,
    "unlocked": bool,
    "protected": bool,
    "confirming": bool,
    "waiting": int,
    "machine": str | None,
    "boot": str | None,
    "administrator": str,
    "custody": str,
    "offset": int | None,
    "epoch": str,
    "paper": bool,
    "backed_up_at": str,
    "rehearsed_at": str,
    "restored_at": str,
    "forks": int,
    "time_stamp": str | None,
    "records": int | None,
    "misfits": int | None,
}
LONGEST = 200
HELD_BACK = 1
"""So many of the three may wait for a person: the others must reach the threshold without them."""


def report_of(request: Mapping[str, Any]) -> dict[str, Any]:
    """The report in a request, {} where an older program gives none; `request.fields` for one that makes no sense."""
    told = request.get("readiness")
    if told is None:
        return {}
    sound = isinstance(told, dict) and all(isinstance(told.get(name), kind) for name, kind in SHAPE.items())
    if not sound or told.get("format") != FORMAT or not all(map(_is_short, told.values())):
        raise Problem("request.fields", expected=", ".join(sorted(SHAPE)))
    for name in ("backed_up_at", "rehearsed_at", "restored_at"):
        _check_time(told[name])
    return {name: told.get(name) for name in SHAPE}


async def take_report(work: Work, trustee: Trustee, told_at: datetime, facts: dict[str, Any]) -> Problem | None:
    """Keep a report, journal what is new in it, and return why the trustee is turned away, if it is.

    `trustee.clock`, `trustee.unprotected`, `trustee.same-host`, `trustee.same-administrator`, `trustee.same-custody`
    (all but the first outside demonstrations only), `trustee.confirming`.
    """
    reports = {one.trustee: one for one in (await work.session.execute(select(TrusteeReport))).scalars()}
    others = [one for name, one in reports.items() if name != trustee.name]
    refusal = _refusal(work, told_at, facts, others)
    known = reports.get(trustee.name)
    if refusal is None:
        _journal(work, trustee.name, {} if known is None else known.facts, facts)
    if known is None:
        known = TrusteeReport(trustee=trustee.name, facts={})
        work.session.add(known)
    known.seen_at, known.refused = work.ctx.now, None if refusal is None else refusal.code
    known.clock_ms = round((told_at - work.ctx.now).total_seconds() * 1000)
    if refusal is None:
        known.facts = facts
    return refusal


def check_apart(facts: Mapping[str, Any], others: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Two bodies share neither machine nor administrator nor the place of their keys; what is not told is not compared."""
    for name, other in others:
        if _same(facts, other, "machine") or _same(facts, other, "boot"):
            raise Problem("trustee.same-host", other=name)
        if _same(facts, other, "administrator"):
            raise Problem("trustee.same-administrator", other=name)
        if _same(facts, other, "custody"):
            raise Problem("trustee.same-custody", other=name)


def _refusal(
    work: Work, told_at: datetime, facts: Mapping[str, Any], others: Iterable[TrusteeReport]
) -> Problem | None:
    apart = [(one.trustee, one.facts) for one in others]
    try:
        if abs(told_at - work.ctx.now) > CLOCK_LIMIT:
            raise Problem("trustee.clock", told=told_at, now=work.ctx.now)
        if facts.get("confirming") and sum(bool(one.get("confirming")) for _, one in apart) >= HELD_BACK:
            raise Problem("trustee.confirming", other=next(name for name, one in apart if one.get("confirming")))
        if work.ctx.mode == "demo" or not facts:
            return None
        if not facts["protected"]:
            raise Problem("trustee.unprotected")
        check_apart(facts, apart)
    except Problem as problem:
        return problem
    return None


def _journal(work: Work, name: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Rehearsals, restores and new epochs are public: they tell whether a body takes its part seriously."""
    for field, event in (("rehearsed_at", Event.TRUSTEE_REHEARSED), ("restored_at", Event.TRUSTEE_RESTORED)):
        if now.get(field) and now[field] != before.get(field):
            work.record(event, name, epoch=now["epoch"], told_at=now[field])
    if before.get("epoch") and now.get("epoch") and now["epoch"] != before["epoch"]:
        work.record(Event.EPOCH_BEGUN, name, epoch=now["epoch"], before=before["epoch"])


def _same(one: Mapping[str, Any], other: Mapping[str, Any], field: str) -> bool:
    """Equal whatever their case and spacing."""
    told = " ".join(str(one.get(field) or "").casefold().split())
    return bool(told) and told == " ".join(str(other.get(field) or "").casefold().split())


def _is_short(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST and "\0" not in value and not any("\ud800" <= one <= "\udfff" for one in value)
    return not isinstance(value, int) or abs(value) < 2**53


def _check_time(text: str) -> None:
    try:
        aware = not text or datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise Problem("request.fields", expected="times with an offset")
