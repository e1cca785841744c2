"""A bidder's receipt by itself, and beside the section's evidence: what the log took in must stand in the file."""

from collections.abc import Mapping
from typing import Any

from infra.kernel.canonical import parse, unb64
from infra.kernel.problems import Problem
from infra.tlog import proof
from infra.tlog.entry import entry
from infra.tlog.policy import Policy
from trading.archive.bundle import unpack
from trading.archive.verify_log import CLOSING, EVENTS, FAILED
from trading.bidding.wire import RECEIPT

FIELDS = {"format", "section", "bid", "manifest", "parts", "event", "salt", "proof"}
LOGGED = ("bid.submitted", "bid.replaced", "bid.withdrawn")


def verify_receipt(receipt: Any, policy: Policy) -> Mapping[str, Any]:
    """The logged event of a sound receipt; `receipt.malformed`, `receipt.event` or `log.…` say what does not hold."""
    if not isinstance(receipt, dict) or receipt.keys() != FIELDS or receipt["format"] != RECEIPT:
        raise Problem("receipt.malformed")
    event: Any = parse(str(receipt["event"]).encode(errors="replace"))
    if not isinstance(event, dict):
        raise Problem("receipt.malformed")
    leaf = entry(unb64(str(receipt["salt"]), 32), event)
    proof.verify_proof(proof.parse_proof(str(receipt["proof"])), leaf, policy, strict=True)
    told = (event["facts"].get("subject"), event.get("section"), event["facts"].get("manifest"))
    if event["event"] not in LOGGED or told != (receipt["bid"], receipt["section"], receipt["manifest"]):
        raise Problem("receipt.event", event=event["event"])
    return event


def find_receipt(data: bytes, receipt: Mapping[str, Any]) -> bool:
    """Whether a verified receipt's bid is in the frozen list of verified evidence, else replaced or withdrawn before.

    `receipt.elsewhere`, `receipt.missing`, and `receipt.unlisted` where the bids' own events stay hidden.
    """
    rows = parse(unpack(data)[EVENTS])
    told = [parse(row["event"].encode()) for row in rows]
    section, bid = told[0]["section"], receipt["bid"]
    if receipt["section"] != section:
        raise Problem("receipt.elsewhere", section=receipt["section"], expected=section)
    closing = next(one["facts"] for one in told if one["event"] == CLOSING)
    listed = any((row["bid"], row["manifest"]) == (bid, receipt["manifest"]) for row in closing["bids"])
    if closing["outcome"] == FAILED and not listed:
        raise Problem("receipt.unlisted", bid=bid)
    there = any((row["event"], row["salt"]) == (receipt["event"], receipt["salt"]) for row in rows)
    if closing["outcome"] != FAILED and not there:
        raise Problem("receipt.missing", bid=bid)
    return listed
