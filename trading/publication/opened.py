"""The opening record as the public reads it, made from the journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.kernel.canonical import read
from infra.kernel.events import Event
from trading.bidding.tables import Bid
from trading.opening.states import Cause, Stage
from trading.opening.tables import BidOpening
from trading.sections.tables import Section


@dataclass(frozen=True)
class Entry:
    """One line of the opening record: the announced form, or (None) why it stayed closed: a problem's code and facts.

    `stage` is where the bid stands now, which its files decide too; `cause` and an officer's `reasons` if it is left out.
    `apart`, `agreement` and `admitted` are the record's notes of consortia (`trading.bidding.consortium`), `version` that
    of the document for which the bid holds, where there was more than one.
    """

    bid: str
    bidder: str
    name: str
    form: dict[str, Any] | None
    trouble: Mapping[str, str] | None = None
    stage: Stage = Stage.CHECKED
    cause: Cause | None = None
    reasons: str | None = None
    apart: Sequence[str] = ()
    agreement: str = ""
    admitted: str = ""
    version: int | None = None

    @property
    def joint(self) -> bool:
        """Whether there is anything to say of a consortium."""
        return bool((self.form or {}).get("consortium") or self.apart or self.agreement or self.admitted)


@dataclass(frozen=True)
class Opened:
    """What became public at the deadline: how many bids stood, how many are needed, and, once opened, the record."""

    count: int
    minimum: int
    record: tuple[Entry, ...]


async def told_lines(session: AsyncSession, section: Section) -> list[Line]:
    """The events of a closed section that its record is made of, in order."""
    told = (Event.SECTION_CLOSED, Event.SECTION_OPENED, Event.BID_UNOPENED, Event.KEY_RELEASED, Event.PRICE_OPENED)
    wanted = select(Line).where(Line.section == section.id, Line.event.in_(told)).order_by(Line.id)
    rows = (await session.scalars(wanted)).all()
    return [line for line in rows if line.event != Event.KEY_RELEASED or line.subject == section.keyset]


def opening_record(lines: list[Line], stuck: Mapping[str, dict[str, Any]]) -> Opened | None:
    """The opening record 开标记录 as those events tell it; `stuck` is what `troubles` found. None before the closing."""
    facts = {line.event: line.facts for line in lines}
    if Event.SECTION_CLOSED not in facts:
        return None
    closing, record = facts[Event.SECTION_CLOSED], facts.get(Event.SECTION_OPENED, {}).get("record", [])
    priced = [(line.subject, line.facts["form"]) for line in lines if line.event == Event.PRICE_OPENED]
    prices = {bid: {"price": read(form.encode())["price"]} for bid, form in priced}
    entries = [
        Entry(
            one["bid"],
            one["bidder"],
            one["name"],
            one["form"] and {**one["form"], **prices.get(one["bid"], {})},
            **stuck.get(one["bid"], {}),
            apart=one.get("apart", ()),
            agreement=one.get("agreement", ""),
            admitted=one.get("joint", ""),
            version=one.get("version"),
        )
        for one in record
    ]
    return Opened(len(closing["bids"]), closing["minimum"], tuple(entries))


async def troubles(session: AsyncSession, section_id: str, lines: list[Line]) -> dict[str, dict[str, Any]]:
    """By bid of a section that is read out: how it stands, and why it could not be opened (the code and its facts)."""
    if not any(line.event == Event.SECTION_OPENED for line in lines):
        return {}
    logged = {line.subject: line.facts["reason"] for line in lines if line.event == Event.BID_UNOPENED}
    rows = await session.execute(
        select(BidOpening, Bid.trouble).join(Bid, Bid.id == BidOpening.bid).where(BidOpening.section == section_id)
    )
    return {
        one.bid: {
            "trouble": {**(trouble or {}), "code": logged[one.bid]} if one.bid in logged else None,
            "stage": Stage(one.stage),
            "cause": None if one.cause is None else Cause(one.cause),
            "reasons": one.reasons,
        }
        for one, trouble in rows
    }
