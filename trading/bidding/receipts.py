"""The receipt 投标回执 `receipt/v1`: proof, checkable offline, that a bid was accepted (or withdrawn) and when."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.kernel.canonical import b64, parse, unb64
from infra.kernel.problems import Problem
from infra.tlog import evidence, proof
from infra.tlog.entry import entry
from infra.tlog.policy import Policy
from trading.bidding.tables import Bid, BidPart

FORMAT = "receipt/v1"
FIELDS = {"format", "section", "bid", "manifest", "parts", "event", "salt", "proof"}
EVENTS = ("bid.submitted", "bid.replaced", "bid.withdrawn")


async def receipt_of(session: AsyncSession, bid: Bid) -> dict[str, Any] | None:
    """The receipt for the last thing that happened to the bid; None until the log is co-signed over it.

    It tells nothing of other bids: the leaf's number in its section stays hidden behind `link` until the closing.
    """
    if bid.last_line is None:
        raise Problem("bid.not-submitted", bid=bid.id)
    shown = await evidence.evidence(session, await session.get_one(Line, bid.last_line))
    if shown is None:
        return None
    parts = await session.execute(select(BidPart).where(BidPart.bid == bid.id).order_by(BidPart.part))
    listed = [{"part": one.part, "size": one.size, "root": b64(one.root)} for one in parts.scalars()]
    return {
        "format": FORMAT,
        "section": bid.section,
        "bid": bid.id,
        "manifest": b64(bid.digest),
        "parts": listed,
        **shown,
    }


def verify_receipt(receipt: Any, policy: Policy) -> Mapping[str, Any]:
    """The logged event of a sound receipt; `receipt.malformed`, `receipt.event` or `log.…` say what does not hold."""
    if not isinstance(receipt, dict) or receipt.keys() != FIELDS or receipt["format"] != FORMAT:
        raise Problem("receipt.malformed")
    event: Any = parse(str(receipt["event"]).encode(errors="replace"))
    if not isinstance(event, dict):
        raise Problem("receipt.malformed")
    leaf = entry(unb64(str(receipt["salt"]), 32), event)
    proof.verify_proof(proof.parse_proof(str(receipt["proof"])), leaf, policy, strict=True)
    told = (event["facts"].get("subject"), event.get("section"), event["facts"].get("manifest"))
    if event["event"] not in EVENTS or told != (receipt["bid"], receipt["section"], receipt["manifest"]):
        raise Problem("receipt.event", event=event["event"])
    return event
