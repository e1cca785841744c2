"""The facts of a notice as people read them, and what a correction 更正 changed of them."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from trading.notices.tables import Notice
from web.i18n import N_, amount, iso
from web.labels import BLIND, BOUGHT, INVITED, OPTIONS, SUITES
from web.labels_notices import facts_in_order
from web.law import cited
from web.public.section_view import FAILURES
from web.visit import Visit

AMOUNTS = ("ceiling", "budget", "price", "contract_amount")
_YUAN = re.compile(r"[0-9]{1,15}(\.[0-9]{1,2})?")


class Change(NamedTuple):
    """One fact that two versions tell differently; None where a version does not tell it."""

    name: str
    before: Any
    now: Any


def told_facts(visit: Visit, notice: Notice) -> list[tuple[str, Any]]:
    """A notice's facts in order, by name."""
    return [(name, in_words(visit, name, value)) for name, value in facts_in_order(notice.facts)]


def in_words(visit: Visit, name: str, value: Any) -> Any:
    """A fact, in words where only a code was published (why a section failed), amounts with grouped thousands."""
    if name in AMOUNTS and _YUAN.fullmatch(str(value)):
        return f"{amount(value, visit.language)} {visit.texts.gettext(N_('CNY'))}"
    if name == "suite" and value in SUITES:
        return visit.texts.gettext(SUITES[value])
    if name == "object" and value in BOUGHT:
        return visit.texts.gettext(BOUGHT[value])
    if name == "source":
        return cited(str(value), visit.language)
    if name == "joint":
        return joint_words(visit, str(value))
    if name == "invited_by" and value in INVITED:
        return f"{visit.texts.gettext(INVITED[value])} ({cited(value, visit.language)})"
    if name == "blind" and value in BLIND:
        return visit.texts.gettext(BLIND[value])
    if name in OPTIONS and value == "yes":
        return visit.texts.gettext(OPTIONS[name])
    return visit.texts.gettext(FAILURES[value]) if name == "reason" and value in FAILURES else value


def joint_words(visit: Visit, bodies: str) -> str:
    """Whether consortia may bid, in words; `bodies` is the most that one bid may have."""
    if bodies == "1":
        return visit.texts.gettext(N_("not admitted"))
    return visit.texts.gettext(N_("admitted: at most %(n)s bodies in one bid, the lead included")) % {"n": bodies}


def changes(visit: Visit, notice: Notice, history: Sequence[Notice]) -> list[Change]:
    """What a version changed of the one it corrects, in the order people read facts; nothing for a first version."""
    earlier = next((one for one in history if one.id == notice.corrects), None)
    if earlier is None:
        return []
    before, now = _told(earlier), _told(notice)
    names = [name for name, _ in facts_in_order({**before, **now})]
    return [
        Change(name, _worded(visit, name, before), _worded(visit, name, now))
        for name in names
        if before.get(name) != now.get(name)
    ]


def _told(notice: Notice) -> dict[str, Any]:
    ends = {"closes_at": iso(notice.closes_at)} if notice.closes_at else {}
    ranked = "\n".join(f"{one.get('bidder', '–')}  {one.get('price_text', '')}" for one in notice.candidates)
    candidates = {"candidates": ranked} if ranked else {}
    return {"title": notice.title, **ends, **notice.facts, **candidates}


def _worded(visit: Visit, name: str, facts: dict[str, Any]) -> Any:
    return in_words(visit, name, facts[name]) if name in facts else None
