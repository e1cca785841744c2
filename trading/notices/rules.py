"""What a tender notice must say, which periods it must leave, and when a result may go on: pure checks."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from infra.kernel.problems import Problem
from trading.regimes.regime import Regime, Rule

# The fields of an ENG notice (rules §6); deadline and sale are times of their own.
REQUIRED_FIELDS = (
    "name",
    "scope",
    "scale",
    "funding",
    "qualification",
    "consortium",
    "documents",
    "submission",
    "contacts",
    "platform",
)


class Window(NamedTuple):
    """A span of time, UTC; `end` is its first instant outside."""

    start: datetime
    end: datetime


def check_fields(fields: Mapping[str, str]) -> None:
    """Refuse a notice that leaves a required field empty (EBM 17): `notice.field-missing` names them all."""
    missing = [name for name in REQUIRED_FIELDS if not fields.get(name, "").strip()]
    if missing:
        raise Problem("notice.field-missing", fields=", ".join(missing))


def check_periods(regime: Regime, published_at: datetime, sale_ends: datetime, deadline: datetime) -> None:
    """Refuse a sale of documents or a submission period shorter than the law's (ENG: TBR 16, TBL 24).

    `notice.sale-too-short`, `notice.deadline-too-early` tell the missing days, the earliest lawful time and the
    article; `notice.sale-after-deadline` where documents would be sold to nobody's use.
    """
    sale, submission = regime.period(Rule.DOCUMENT_SALE), regime.period(Rule.SUBMISSION)
    earliest = regime.end(published_at, Rule.DOCUMENT_SALE)
    if sale_ends < earliest:
        raise Problem(
            "notice.sale-too-short",
            needed=sale.n,
            short_by=regime.short_by(sale_ends, earliest),
            earliest=earliest,
            source=sale.source,
            mark=sale.mark,
        )
    earliest = regime.earliest_deadline(published_at, Rule.SUBMISSION)
    if deadline < earliest:
        raise Problem(
            "notice.deadline-too-early",
            needed=submission.n,
            short_by=regime.short_by(deadline, earliest),
            earliest=earliest,
            source=submission.source,
            mark=submission.mark,
        )
    if sale_ends > deadline:
        raise Problem("notice.sale-after-deadline", sale_ends=sale_ends, deadline=deadline)


class Preview(NamedTuple):
    """What the periods would say if the notice were published at `at`: the earliest lawful times and the refusals."""

    at: datetime
    sale_until: datetime
    deadline_from: datetime
    refusals: tuple[Problem, ...]


def preview_periods(
    regime: Regime, at: datetime, sale_ends: datetime | None = None, deadline: datetime | None = None
) -> Preview:
    """The check of periods before anything is sent: what would be refused of the times given, and what is lawful, UTC.

    A time that is not given is not looked at. Both refusals are told at once, unlike `check_periods`, which stops.
    """
    sale_until = regime.end(at, Rule.DOCUMENT_SALE)
    deadline_from = regime.earliest_deadline(at, Rule.SUBMISSION)
    latest = max(deadline_from, sale_until, deadline or deadline_from)
    tried = ((sale_ends or sale_until, max(latest, sale_ends or latest)), (sale_until, deadline or latest))
    refusals = [_refusal(regime, at, *pair) for pair in tried]
    if not any(refusals) and sale_ends and deadline:
        refusals.append(_refusal(regime, at, sale_ends, deadline))
    return Preview(at, sale_until, deadline_from, tuple(one for one in refusals if one is not None))


def _refusal(regime: Regime, at: datetime, sale_ends: datetime, deadline: datetime) -> Problem | None:
    try:
        check_periods(regime, at, sale_ends, deadline)
    except Problem as problem:
        return problem
    return None


def clarification_until(regime: Regime, deadline: datetime) -> datetime:
    """Until when a material clarification leaves this deadline as it is (ENG: TBR 21), UTC."""
    return regime.latest_before(deadline, Rule.CLARIFICATION)


def deadline_after_clarification(regime: Regime, clarified_at: datetime, deadline: datetime) -> datetime:
    """The deadline after a material clarification: the old one, or the earliest lawful one (ENG: TBR 21), UTC."""
    if clarified_at <= clarification_until(regime, deadline):
        return deadline
    return max(deadline, regime.earliest_deadline(clarified_at, Rule.CLARIFICATION))


def publicity_start_due(regime: Regime, report_received: datetime) -> datetime:
    """By when the candidates must be made public after the report was received (ENG: TBR 54), UTC."""
    return regime.end(report_received, Rule.PUBLICITY_START)


def publicity_window(regime: Regime, start: datetime, requested_end: datetime | None = None) -> Window:
    """The publicity 公示 from `start`, to the requested end or the earliest lawful one (ENG: TBR 54).

    `publicity.too-short` tells the missing days, the earliest lawful end and the article.
    """
    period = regime.period(Rule.PUBLICITY)
    earliest = regime.end(start, Rule.PUBLICITY)
    end = earliest if requested_end is None else requested_end
    if end < earliest:
        raise Problem(
            "publicity.too-short",
            needed=period.n,
            short_by=regime.short_by(end, earliest),
            earliest=earliest,
            source=period.source,
            mark=period.mark,
        )
    return Window(start, end)


def check_award(now: datetime, publicity: Window, open_objections: int) -> None:
    """Refuse a decision or notice of award while the publicity runs or an objection is unanswered (TBR 54).

    `award.publicity-running`, `award.objection-open`.
    """
    if now < publicity.end:
        raise Problem("award.publicity-running", ends=publicity.end)
    if open_objections:
        raise Problem("award.objection-open", count=open_objections)


def contract_due(regime: Regime, noticed_at: datetime) -> datetime:
    """By when the contract must be signed after the notice of award (ENG: TBL 46), UTC."""
    return regime.end(noticed_at, Rule.CONTRACT)
