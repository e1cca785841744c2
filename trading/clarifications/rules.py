"""What may be asked, changed and extended, and until when: pure decisions (rules/trading.md §2.1, §6)."""

from datetime import datetime, timedelta
from hashlib import sha256

from infra.crypto.sign import labelled
from infra.kernel.canonical import b64, digest
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.clarifications.states import QuestionKind
from trading.notices.rules import deadline_after_clarification
from trading.regimes.regime import Regime, Rule

LONGEST_TEXT = 4000
HOURS_A_DAY = 24
CONFIRMATION_LABEL = "openhall confirmation/v1"
LIMITS = {QuestionKind.QUESTION: Rule.QUESTION, QuestionKind.OBJECTION: Rule.OBJECTION_DOCUMENT}


def asked_until(regime: Regime, kind: QuestionKind, deadline: datetime, published: datetime) -> datetime:
    """Until when a question or objection may be raised, UTC.

    Construction counts back from the deadline (TBR 22); a purchase forward from the end of its notice period (GPR 53).
    """
    if kind is QuestionKind.OBJECTION and regime.knows(Rule.NOTICE_PERIOD):
        return regime.end(regime.end(published, Rule.NOTICE_PERIOD), LIMITS[kind])
    return regime.latest_before(deadline, LIMITS[kind])


def check_asked_in_time(
    regime: Regime, kind: QuestionKind, now: datetime, deadline: datetime, published: datetime
) -> None:
    """`question.too-late` with the last moment and the article, once the time to ask is over."""
    until = asked_until(regime, kind, deadline, published)
    if now > until:
        rule = regime.parameter(LIMITS[kind])
        raise Problem("question.too-late", until=until, needed=rule.value, source=rule.source, mark=str(rule.mark))


def check_clarified(regime: Regime, now: datetime, deadline: datetime, *, affects: bool) -> None:
    """A change that may affect the preparation of bids leaves the period before the deadline, or moves it (TBR 21).

    `addendum.too-late` tells the days missing and the earliest lawful deadline.
    """
    earliest = deadline_after_clarification(regime, now, deadline)
    if affects and earliest > deadline:
        period = regime.period(Rule.CLARIFICATION)
        raise Problem(
            "addendum.too-late",
            needed=period.n,
            short_by=regime.short_by(deadline, earliest),
            earliest=earliest,
            source=period.source,
            mark=str(period.mark),
        )


def check_extension(now: datetime, deadline: datetime, wanted: datetime) -> None:
    """A deadline only ever moves away: `extension.earlier`, `section.deadline-seconds`, `section.deadline-past`."""
    if wanted.microsecond:
        raise Problem("section.deadline-seconds", deadline=wanted)
    if wanted <= deadline:
        raise Problem("extension.earlier", deadline=deadline, wanted=wanted)
    if wanted <= now:
        raise Problem("section.deadline-past", deadline=wanted)


def written(text: str, code: str) -> str:
    """The text without blanks around it; the problem `code` where nothing is written, or too much."""
    if not is_written(text, LONGEST_TEXT):
        raise Problem(code, longest=LONGEST_TEXT)
    return text.strip()


def shown_from(regime: Regime, asked_at: datetime) -> datetime:
    """When the procuring side first sees a question: the next full hour, that its time may not tell who asked.

    The demonstration's hours are as short as its days.
    """
    hour = regime.days.length / HOURS_A_DAY
    past = timedelta(seconds=asked_at.timestamp() % hour.total_seconds())
    return asked_at - past + hour


def confirmation_message(manifest: bytes, document: bytes) -> bytes:
    """The 32 bytes a bidder signs to let its bid hold for a later version of the document; both are SHA-256."""
    told = {"manifest": b64(manifest), "document": b64(document)}
    return sha256(labelled(CONFIRMATION_LABEL, digest(told))).digest()
