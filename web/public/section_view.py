"""How a section stands, for its pages: phase line, tabs, rule set in words; made from its dossier alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple

from infra.kernel.amounts import in_words
from infra.kernel.money import Fen, yuan
from trading.notices.kinds import NoticeKind
from trading.notices.tables import Notice
from trading.opening.states import Cause, Stage
from trading.publication.queries import Dossier
from trading.publication.rules import public_path
from trading.regimes.days import Unit
from trading.regimes.regime import Mark, Parameter, Regime, Rule
from trading.regimes.rules import REGIMES
from trading.sections.states import SectionState
from web.i18n import N_
from web.labels import SECTION_STATES
from web.public.forms import Link
from web.visit import Visit

PHASES: tuple[tuple[str, tuple[SectionState, ...]], ...] = (
    (N_("Notice"), ()),
    (N_("Submission of bids"), (SectionState.BIDDING,)),
    (N_("Opening"), (SectionState.DECRYPTING,)),
    (N_("Evaluation"), (SectionState.OPENED, SectionState.EVALUATING, SectionState.PRICING)),
    (N_("Marks and report"), (SectionState.MARKED, SectionState.REPORTED)),
    (N_("Publicity"), (SectionState.PUBLICITY,)),
    (N_("Award"), (SectionState.DETERMINED, SectionState.NOTIFIED)),
)
TONES = {
    SectionState.BIDDING: "info",
    SectionState.DECRYPTING: "live",
    SectionState.FAILED: "bad",
    SectionState.NOTIFIED: "ok",
}
BODIES = {
    "agent": N_("Procurement agent"),
    "centre": N_("Trading centre"),
    "supervisor": N_("Supervising body"),
}
RULES = {
    Rule.DOCUMENT_SALE: N_("Documents available, at least"),
    Rule.SUBMISSION: N_("From notice to deadline, at least"),
    Rule.BIDS_MINIMUM: N_("Bids needed to open"),
    Rule.PANEL_MINIMUM: N_("Judges, at least"),
    Rule.CANDIDATES_MAXIMUM: N_("Candidates, at most"),
    Rule.PUBLICITY: N_("Publicity of candidates, at least"),
}
PARTS = {
    "opening-form": N_("Opening form"),
    "commercial": N_("Commercial part"),
    "bill": N_("Priced bill of quantities"),
    "technical": N_("Technical part"),
    "price": N_("Price envelope"),
    "consortium-agreement": N_("Consortium agreement"),
}
TIES = {
    "price": N_("the lower price"),
    "technical": N_("the higher technical score"),
    "joint": N_("the rank is shared"),
    "procuring_entity": N_("the procuring entity decides"),
    "lot": N_("a public draw"),
}
MARKS = {
    Mark.READ: N_("read in the text"),
    Mark.SECONDARY: N_("from a secondary text"),
    Mark.UNVERIFIED: N_("not verified"),
}


class Shown(NamedTuple):
    """How a state is shown: msgid, tone of its tag, icon."""

    text: str
    tone: str
    icon: str


STAGES = {
    Stage.SEALED: Shown(N_("Sealed"), "", "lock"),
    Stage.FORM_WAITS: Shown(N_("Waits for a decision"), "warn", "warn"),
    Stage.ANNOUNCED: Shown(N_("Read out, files being checked"), "info", "check"),
    Stage.FILES_WAIT: Shown(N_("Files wait for a decision"), "warn", "warn"),
    Stage.CHECKED: Shown(N_("Read out"), "ok", "check"),
    Stage.PRICE_WAITS: Shown(N_("Price waits for a decision"), "warn", "warn"),
    Stage.PRICED: Shown(N_("Price read out"), "ok", "check"),
    Stage.REVOKED: Shown(N_("Counts as revoked"), "bad", "warn"),
    Stage.WITHDRAWN: Shown(N_("Counts as withdrawn"), "bad", "warn"),
}
CAUSES = {
    Cause.BIDDER: N_("the cause lies with the bidder"),
    Cause.PLATFORM: N_("the cause lies with the platform"),
    Cause.CUSTODIAN: N_("the cause lies with a custodian"),
    Cause.UNKNOWN: N_("the cause is not known yet"),
}
FAILURES = {
    "too-few-bids": N_("Fewer bids than the rules require stood at the deadline. Nothing was opened."),
    "too-few-opened": N_("Fewer bids than the rules require could be opened; the centre decided to end the tender."),
    "competition-lacking": N_("Too few bids were valid, and the committee found that competition is lacking."),
    "all-rejected": N_("The committee rejected every bid."),
    "too-few-qualified": N_("Fewer bids qualified than an evaluation needs; the bids were not evaluated."),
    "too-few-valid": N_("Fewer bids stood the examination than an evaluation needs; they were not evaluated further."),
    "no-award": N_(
        "The result could not stand, and the procuring entity decided to award to nobody. The tender may be called anew."
    ),
}


class Reserve(NamedTuple):
    """A reserve price in yuan and in words, or the code of why it did not open."""

    price: str | None
    words: str
    reason: str


class Step(NamedTuple):
    """One phase on the line: `status` is done, now, todo or bad; `at` its end, past or announced."""

    text: str
    status: str
    at: datetime | None = None


class Suspension(NamedTuple):
    """Since when an objection to the tender document holds the tender up, and until when it is to be answered (TBR 22)."""

    since: datetime
    due: datetime


class RuleRow(NamedTuple):
    """One rule as applied: msgid of its name, its value (`unit` a short day or a working day), article and mark."""

    text: str
    value: str
    unit: Unit | None
    source: str
    mark: Mark


@dataclass(frozen=True)
class Head:
    """What stands on top of each of a section's pages; `shown` is the step to name where there is room for one."""

    path: str
    state: str
    tone: str
    steps: tuple[Step, ...]
    shown: int
    tabs: tuple[Link, ...]
    running: datetime | None
    suspension: Suspension | None = None


def head(visit: Visit, found: Dossier) -> Head:
    """The head of a section's page; `running` is the deadline or end of publicity that people wait for, if any."""
    section, path, line = found.section, f"/sections/{found.section.id}", steps(found)
    state = SectionState(section.state)
    tabs = [
        ("", N_("Overview")),
        ("/tender-document", N_("Tender document")),
        ("/clarifications", N_("Clarification")),
        ("/hall", N_("Opening hall")),
        ("/marks", N_("Every judge's marks")),
        ("/draws", N_("Draws of judges")),
        ("/log", N_("Log of the section")),
    ]
    if found.judged:
        tabs.insert(-1, ("/recordings", N_("Recordings")))
    if state in (SectionState.DETERMINED, SectionState.NOTIFIED):
        tabs.append(("/contract", N_("Contract and delivery")))
    until = section.deadline if state is SectionState.BIDDING else None
    until = section.publicity_ends if state is SectionState.PUBLICITY else until
    return Head(
        path=path,
        state=SECTION_STATES[state],
        tone=TONES.get(state, ""),
        steps=tuple(line),
        shown=max(place for place, step in enumerate(line) if step.status != "todo"),
        tabs=tuple(Link(text, visit.url(path + tail), _is_at(visit.path, path, tail)) for tail, text in tabs),
        running=until if until and until > visit.now else None,
        suspension=suspension(found),
    )


def suspension(found: Dossier) -> Suspension | None:
    """The suspension of a section that takes bids, as the public log tells it: neither who objects nor to what."""
    since = found.section.suspended_at
    if found.section.state != SectionState.BIDDING or since is None:
        return None
    return Suspension(since, regime_of(found).end(since, Rule.OBJECTION_REPLY))


def _is_at(here: str, path: str, tail: str) -> bool:
    return here == path + tail or bool(tail and here.startswith(f"{path}{tail}/"))


def steps(found: Dossier) -> list[Step]:
    """The phase line: what is done, what runs, what is to come; a failed section ends at its failure."""
    section, state = found.section, SectionState(found.section.state)
    evaluation = found.evaluation.published_at if found.evaluation else None
    award = notice_of(found, NoticeKind.AWARD)
    begun, until = section.published_at, section.publicity_ends
    ends = (
        begun,
        section.deadline,
        section.opened_at,
        evaluation,
        evaluation,
        until,
        award.published_at if award else None,
    )
    if state is SectionState.FAILED:
        failed_at = next((one.published_at for one in reversed(found.notices) if one.kind == NoticeKind.FAILED), None)
        reached = 6 if until else 3 if section.opened_at else 2
        done = [Step(text, "done", at) for (text, _), at in zip(PHASES[:reached], ends, strict=False)]
        return [*done, Step(SECTION_STATES[state], "bad", failed_at or section.closed_at)]
    path = public_path(reviewed=regime_of(found).reviewed)
    place = path.index(state)
    return [
        Step(text, _status(states, place, path), at)
        for (text, states), at in zip(PHASES, ends, strict=True)
        if not states or set(states) & set(path)
    ]


def regime_of(found: Dossier) -> Regime:
    """The rule set the section is pinned to, for showing; pages of a demo section are marked, not refused."""
    return REGIMES.get(found.section.regime, mode="demo")


def rule_rows(regime: Regime) -> list[RuleRow]:
    """The rules that people ask for, each with its article and how it is known."""
    return [_rule_row(text, regime.parameter(rule)) for rule, text in RULES.items()]


def ceiling(found: Dossier) -> str | None:
    """The price ceiling 最高投标限价 in yuan, if the section has one."""
    return None if found.section.ceiling is None else yuan(Fen(found.section.ceiling))


def reserve_told(found: Dossier) -> Reserve | None:
    """The reserve price 标底 as it was told after the prices; None where there is none, or before."""
    row = found.reserve
    if row is None or row.price is None:
        return None if row is None else Reserve(None, "", row.reason or "")
    return Reserve(yuan(Fen(row.price)), in_words(Fen(row.price)), "")


def percent(rate: str) -> str:
    """A share of one as a percentage without needless digits: `0.02` gives `2`, `0.0125` gives `1.25`."""
    value = Fraction(rate) * 100
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def full_marks(method: dict[str, Any]) -> str:
    """The most that price and items give together, as the method states them."""
    total = sum((Fraction(item["max"]) for item in method["items"]), Fraction(method["price"].get("weight", "0")))
    return f"{float(total):g}"


def notice_of(found: Dossier, kind: NoticeKind) -> Notice | None:
    """The newest current notice of a kind; candidates of an evaluation that was set aside are none any more."""
    since = found.earlier[-1].set_aside_at if found.earlier and kind == NoticeKind.CANDIDATES else None
    current = (one for one in reversed(found.notices) if since is None or one.published_at > since)
    return next((one for one in current if one.kind == kind), None)


def _status(states: Sequence[SectionState], place: int, path: Sequence[SectionState]) -> str:
    places = [path.index(state) for state in states]
    if not places or max(places) < place or place == len(path) - 1:
        return "done"
    return "now" if min(places) <= place else "todo"


def _rule_row(text: str, parameter: Parameter) -> RuleRow:
    return RuleRow(text, str(parameter.value), parameter.unit, parameter.source, parameter.mark)
