"""An opening hall in words: phases, countdown, announced prices with bars, the viewer's own part; from facts alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from infra.db.journal import Line
from infra.kernel.amounts import in_words
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from infra.kernel.money import fen
from trading.opening.confirming import DURING
from trading.opening.giving import FACTOR, RELEASE, SECOND_RELEASE, over
from trading.opening.hall import Announced, OwnBid, Scene
from trading.opening.states import LEFT_OUT, WAITING
from trading.opening.tables import Objection
from trading.opening.watch import is_overdue
from trading.publication.queries import Custodian, Dossier
from trading.sections.states import SectionState
from web.i18n import N_, ZONE
from web.labels import EVENTS
from web.public.section_view import Reserve, Step, Suspension, ceiling, reserve_told, suspension
from web.public.troubles import unopened
from web.visit import Visit

BIDDING, CLOSED, KEYS, FACTORS, FORMS, RECORD, FINAL, PRICES, FAILED = (
    "bidding", "closed", "keys", "factors", "forms", "record", "final", "prices", "failed",
)  # fmt: skip
STEPS = (
    (BIDDING, N_("Submission of bids")),
    (CLOSED, N_("List frozen")),
    (KEYS, N_("Release of keys")),
    (FACTORS, N_("Bidders' factors given")),
    (FORMS, N_("Prices announced")),
    (RECORD, N_("Record to confirm")),
    (FINAL, N_("Record final")),
    (PRICES, N_("Price envelopes opened")),
)
NAMES = {**dict(STEPS), FAILED: N_("Failed")}
HEADINGS = {
    BIDDING: N_("Until the deadline"),
    CLOSED: N_("Waiting for the keys"),
    KEYS: N_("Forms are being opened"),
    FACTORS: N_("Bidders give their factors"),
    FORMS: N_("Prices are being announced"),
    RECORD: N_("Until the record is final"),
    FINAL: N_("The opening is over"),
    PRICES: N_("Price envelopes are being opened"),
    FAILED: N_("The section has failed"),
}
SUSPENDED = N_("The tender stands still")
"""An objection to the tender document waits: the deadline may pass, and nothing is opened."""
OVERDUE = N_("Objections wait for an answer")
"""The limit has passed, but the record is not final before each objection is answered."""
TONES = {
    Event.BID_OPENED: "ok",
    Event.PRICE_OPENED: "ok",
    Event.SECTION_OPENED: "ok",
    Event.BID_UNOPENED: "bad",
    Event.OPENING_HALTED: "bad",
}
HOST = frozenset({Event.HALL_NOTED, Event.HALL_PAUSED, Event.HALL_RESUMED, Event.OBJECTION_ANSWERED})


class Price(NamedTuple):
    """One announced price: in figures, in words, as a bar (per cent of the width), above the ceiling or not."""

    yuan: str
    words: str
    width: float
    over: bool


class Row(NamedTuple):
    """One bid as announced; `why` tells in words why it was not opened; `own` is the viewer's.

    While there is a `remedy` its bidder may still show it in plain.
    """

    number: int
    bid: Announced
    price: Price | None
    why: str
    own: bool
    waiting: bool
    left_out: bool
    remedy: bool

    @property
    def sealed(self) -> bool:
        """Whether the first envelope is read out and the price is still sealed."""
        return bool(self.bid.form) and self.price is None and not self.left_out


class Told(NamedTuple):
    """One line of what happened: when, in which words (msgid), about whom, where in the log, which tone."""

    at: datetime
    time: str
    text: str
    about: str
    leaf: int | None
    entry: str
    tone: str


@dataclass(frozen=True)
class View:
    """All that the hall's templates read."""

    phase: str
    heading: str
    until: datetime | None
    steps: tuple[Step, ...]
    rows: tuple[Row, ...]
    listed: int | None
    ceiling: str | None
    ceiling_at: float | None
    told: tuple[Told, ...]
    own: OwnBid | None
    own_row: Row | None
    custodians: tuple[Custodian, ...]
    """With the keys that are due: those of the second envelopes once they are asked for."""
    keys_wait: bool = False
    overdue: bool = False
    suspension: Suspension | None = None
    reserve: Reserve | None = None
    late: frozenset[str] = frozenset()
    """The objections that have no answer although the record's limit has passed."""

    @property
    def done(self) -> int:
        """How many bids are announced or left out, at the second envelopes: by their prices."""
        return sum(not row.waiting and not self.shut(row) for row in self.rows)

    @property
    def read(self) -> int:
        """How many forms are read out, of the second envelopes: how many prices."""
        return sum(bool(row.price if self.phase == PRICES else row.bid.form) for row in self.rows)

    @property
    def unopened(self) -> int:
        """How many bids nobody has tried to open yet, at the second envelopes: how many prices."""
        tried = sum(not (self.shut(row) and not row.waiting) for row in self.rows)
        return max((len(self.rows) if self.phase == PRICES else self.listed or 0) - tried, 0)

    def shut(self, row: Row) -> bool:
        """Whether the price that is due is still sealed."""
        return self.phase == PRICES and row.sealed

    @property
    def trouble(self) -> int:
        """How many bids wait for a remedy or a decision, or are left out."""
        return sum(row.waiting or row.left_out for row in self.rows)


def view(visit: Visit, found: Dossier, shown: Scene, own: OwnBid | None) -> View:
    """The hall as this visitor sees it; before the closing it tells nothing that bidders have done."""
    phase = phase_of(found, shown)
    rows = rows_of(visit, found, shown, own)
    most = _scale(found, shown)
    held, custodians = suspension(found), _custodians(phase, found, shown)
    return View(
        phase=phase,
        heading=SUSPENDED if held else OVERDUE if _overdue(visit, phase, shown) else HEADINGS[phase],
        until=None if held or _overdue(visit, phase, shown) else _until(phase, found, shown),
        steps=tuple(steps_of(phase, found, shown)),
        rows=rows,
        listed=found.opened.count if found.opened else None,
        ceiling=ceiling(found),
        ceiling_at=_share(Decimal(top), most) if (top := ceiling(found)) and most else None,
        told=tuple(_told(line, shown) for line in shown.latest),
        own=own,
        own_row=next((row for row in rows if row.own), None),
        custodians=custodians,
        keys_wait=_keys_wait(phase, found, shown),
        overdue=_keys_overdue(phase, found, shown),
        suspension=held,
        reserve=reserve_told(found),
        late=frozenset(one.id for one in shown.objections if _is_late(visit, found, shown, one)),
    )


def phase_of(found: Dossier, shown: Scene) -> str:
    """Where the opening stands."""
    state = SectionState(found.section.state)
    if state is SectionState.FAILED and found.section.opened_at is None:
        return FAILED
    if not found.closed:
        return BIDDING
    if state is SectionState.PRICING:
        return PRICES
    if found.section.opened_at is not None:
        return RECORD if shown.record and shown.record.settled_at is None and not _past(state) else FINAL
    if len(_releases(found)) < found.keyset.threshold:
        return FORMS if any(one.form for one in shown.announced) else CLOSED
    if waits_for_factors(found, shown):
        return FACTORS
    return FORMS if shown.announced else KEYS


def waits_for_marks(found: Dossier) -> bool:
    """Whether the prices stay sealed until every judge has locked."""
    return found.section.two_envelope and found.section.state in (SectionState.OPENED, SectionState.EVALUATING)


def waits_for_factors(found: Dossier, shown: Scene) -> bool:
    """Whether bidders are asked for their factors and some may still come."""
    window, listed = shown.windows.get(FACTOR), found.opened.count if found.opened else 0
    return window is not None and window.closed_at is None and shown.given < listed


def steps_of(phase: str, found: Dossier, shown: Scene) -> list[Step]:
    """The phase line with the time each phase ended, or is to end."""
    section, releases = found.section, _releases(found)
    threshold = found.keyset.threshold
    ends = {
        BIDDING: section.deadline,
        CLOSED: section.closed_at,
        KEYS: releases[threshold - 1] if len(releases) >= threshold else None,
        FACTORS: window.closed_at or window.until if (window := shown.windows.get(FACTOR)) else None,
        FORMS: section.opened_at,
        RECORD: (shown.record.settled_at or shown.record.confirm_until) if shown.record else None,
        FINAL: shown.record.settled_at if shown.record else None,
        PRICES: shown.priced_at,
    }
    if phase == FAILED:
        done = [Step(text, "done", ends[name]) for name, text in STEPS[: 2 if found.closed else 1]]
        return [*done, Step(NAMES[FAILED], "bad", None)]
    asked = {FACTORS: section.bidder_factor, PRICES: section.two_envelope}
    steps = [(name, text) for name, text in STEPS if asked.get(name, True)]
    order = [name for name, _ in steps]
    # The list is frozen in an instant; what people wait for then is the keys, and then what the keys open.
    place = order.index({CLOSED: KEYS, KEYS: order[order.index(KEYS) + 1]}.get(phase, phase))
    if phase == FINAL:
        place = len(order)
    done = [
        Step(text, "done" if order.index(name) < place else "now" if order.index(name) == place else "todo", ends[name])
        for name, text in steps
    ]
    return [*done[:-1], done[-1]._replace(status="todo")] if waits_for_marks(found) else done


def rows_of(visit: Visit, found: Dossier, shown: Scene, own: OwnBid | None) -> tuple[Row, ...]:
    """Every announced bid in the order of its announcement."""
    most = _scale(found, shown)
    top = Decimal(limit) if (limit := ceiling(found)) else None
    return tuple(
        Row(
            number=number,
            bid=one,
            price=_price(one.form["price"], most, top) if one.form and "price" in one.form else None,
            why=why(one, visit),
            own=own is not None and own.id == one.bid,
            waiting=one.stage in WAITING,
            left_out=one.stage in LEFT_OUT,
            remedy=one.stage in WAITING and one.remedy_until is not None and visit.now < one.remedy_until,
        )
        for number, one in enumerate(shown.announced, 1)
    )


def why(one: Announced, visit: Visit) -> str:
    """Why a bid has not been opened, in the visitor's language; empty where it has."""
    if not one.trouble or one.stage not in (*WAITING, *LEFT_OUT):
        return ""
    return unopened(one.trouble, visit.language)


def may_host(actor: Actor, found: Dossier) -> bool:
    """Whether the actor runs this opening: the centre of the region, the project's agent or its procuring entity."""
    if actor.role is Role.CENTRE:
        return actor.region in (None, found.section.region)
    bodies = {Role.AGENT: found.agent.id, Role.PROCURING: found.procuring_entity.id}
    return actor.organisation is not None and bodies.get(actor.role) == actor.organisation


def _until(phase: str, found: Dossier, shown: Scene) -> datetime | None:
    if phase == BIDDING:
        return found.section.deadline
    if (_keys_wait(phase, found, shown) or phase == FACTORS) and not shown.paused:
        window = shown.windows.get({CLOSED: RELEASE, PRICES: SECOND_RELEASE}.get(phase, FACTOR))
        return None if window is None or window.closed_at is not None else window.until
    return shown.record.confirm_until if phase == RECORD and shown.record and not shown.paused else None


def _custodians(phase: str, found: Dossier, shown: Scene) -> tuple[Custodian, ...]:
    if phase != PRICES:
        return found.custodians
    return tuple(replace(one, released_at=shown.second_released.get(one.name)) for one in found.custodians)


def _keys_wait(phase: str, found: Dossier, shown: Scene) -> bool:
    """Whether people wait for custodians, at either envelope."""
    return phase == CLOSED or (phase == PRICES and len(shown.second_released) < found.keyset.threshold)


def _keys_overdue(phase: str, found: Dossier, shown: Scene) -> bool:
    if phase == PRICES:
        return _keys_wait(phase, found, shown) and over(shown.windows.get(SECOND_RELEASE))
    return phase in (CLOSED, FORMS) and over(shown.windows.get(RELEASE))


def _overdue(visit: Visit, phase: str, shown: Scene) -> bool:
    return (
        phase == RECORD
        and shown.record is not None
        and shown.record.confirm_until <= visit.now
        and bool(shown.open_objections)
        and not shown.paused
    )


def _is_late(visit: Visit, found: Dossier, shown: Scene, one: Objection) -> bool:
    limit = shown.record.confirm_until if shown.record and found.section.state in DURING else None
    return is_overdue(limit, visit.now, answered=one.answer is not None, paused=shown.paused is not None)


def _releases(found: Dossier) -> Sequence[datetime]:
    return sorted(one.released_at for one in found.custodians if one.released_at)


def _past(state: SectionState) -> bool:
    """Whether the section has gone on to its result: nobody can answer to the opening any more."""
    return state not in (SectionState.OPENED, SectionState.EVALUATING)


def _scale(found: Dossier, shown: Scene) -> Decimal:
    prices = [Decimal(one.form["price"]) for one in shown.announced if one.form and "price" in one.form]
    top = ceiling(found)
    return max([*prices, *([Decimal(top)] if top else [])], default=Decimal(0))


def _share(price: Decimal, most: Decimal) -> float:
    return round(float(price / most * 100), 2)


def _price(yuan: str, most: Decimal, top: Decimal | None) -> Price:
    price = Decimal(yuan)
    return Price(yuan, in_words(fen(yuan)), _share(price, most), top is not None and price > top)


def _told(line: Line, shown: Scene) -> Told:
    event = Event(line.event)
    about = line.facts.get("name") or line.facts.get("custodian") or shown.names.get(str(line.facts.get("bid")))
    if not about:
        about = shown.names.get(line.subject, "")
    return Told(
        at=line.at,
        time=line.at.astimezone(ZONE).strftime("%H:%M:%S"),
        text=EVENTS[event],
        about=str(about),
        leaf=line.leaf,
        entry=line.entry.hex() if line.entry else "",
        tone="host" if event in HOST else TONES.get(event, ""),
    )
