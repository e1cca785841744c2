"""What an address of the audit view asks for: filters as text, checked field by field; a wrong one is told at its field."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from infra.access.rules import Outcome, Read
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.audit.queries import PAGE, Cursor, Search
from trading.audit.reads import ReadSearch
from trading.regimes.china import SHANGHAI
from web.forms import Form
from web.visit import Visit

AUDITORS: dict[str, Any] = {"audience": ("supervisor", "audit-admin")}
LONGEST = 200
_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?")
_CURSOR = re.compile(r"([0-9T:.+-]{20,40})~([0-9]{1,4})")


def asked(visit: Visit, *names: str) -> Form:
    """The filters of the address as a form shows them; names that are not asked for are empty."""
    given = dict(visit.asked)
    return Form(visit.language, {name: _plain(given.get(name, "")) for name in names})


def journal_search(visit: Visit, size: int = PAGE) -> tuple[Form, Search]:
    """The filters of the journal and the search they mean; what is refused stands in the form."""
    form = asked(visit, "actor", "event", "subject", "section", "since", "until", "order")
    since, until = _span(form)
    with form.field("event"):
        if form.value("event") and form.value("event") not in set(Event):
            raise Problem("audit.event", event=form.value("event")[:40])
    return form, Search(
        actor=form.value("actor"),
        event=form.value("event"),
        subject=form.value("subject"),
        section=form.value("section"),
        since=since,
        until=until,
        newest_first=form.value("order") != "at",
        cursor=cursor_of(visit),
        size=size,
    )


def read_search(visit: Visit, size: int = PAGE) -> tuple[Form, ReadSearch]:
    """The filters of the access log and the search they mean; what is refused stands in the form."""
    form = asked(visit, "actor", "read", "subject", "section", "outcome", "since", "until", "order")
    since, until = _span(form)
    with form.field("read"):
        if form.value("read") and form.value("read") not in set(Read):
            raise Problem("audit.event", event=form.value("read")[:40])
    outcome = form.value("outcome")
    return form, ReadSearch(
        actor=form.value("actor"),
        read=form.value("read"),
        subject=form.value("subject"),
        section=form.value("section"),
        outcome=outcome if outcome in set(Outcome) else "",
        since=since,
        until=until,
        newest_first=form.value("order") != "at",
        cursor=cursor_of(visit),
        size=size,
    )


def criteria(form: Form) -> dict[str, str]:
    """What was asked for, without what was left empty: so it is recorded, and told in an export."""
    return {name: value for name, value in form.values.items() if value}


def asked_fact(form: Form) -> dict[str, Any]:
    """What was asked for as one fact of the access line; none where nothing was."""
    told = criteria(form)
    return {"asked": told} if told else {}


def cursor_of(visit: Visit) -> Cursor | None:
    """Where a list is to go on; an address that says nothing readable begins at the start."""
    found = _CURSOR.fullmatch(dict(visit.asked).get("after", ""))
    if found is None:
        return None
    try:
        at = datetime.fromisoformat(found[1])
    except ValueError:
        return None
    return None if at.tzinfo is None else Cursor(at, int(found[2]))


def onward(visit: Visit, cursor: Cursor | None) -> str | None:
    """The address of the next page."""
    return None if cursor is None else visit.varied(after=f"{cursor.at.isoformat()}~{cursor.shown}")


def again(path: str, form: Form) -> str:
    """Another address with the same filters."""
    told = urlencode(criteria(form))
    return f"{path}?{told}" if told else path


def _span(form: Form) -> tuple[datetime | None, datetime | None]:
    since = until = None
    with form.field("since"):
        since = _instant(form.value("since"))
    with form.field("until"):
        until = _instant(form.value("until"))
        if since is not None and until is not None and since >= until:
            raise Problem("audit.span")
    return since, until


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    if _LOCAL.fullmatch(text) is None:
        raise Problem("audit.time", given=text[:40])
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError as error:
        raise Problem("audit.time", given=text[:40]) from error


def _plain(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:LONGEST]
