"""What may be asked, what is signed as an answer, and which abnormally low prices have still to be asked about. Pure."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Any

from infra.crypto.sign import labelled
from infra.kernel.canonical import digest
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem

REPLY_LABEL = "openhall inquiry-reply/v1"
LONGEST_QUESTION = 2000
LONGEST_REASON = 500
LONGEST_ANSWER = 4000


class Ground(StrEnum):
    """Why a bidder is asked; nothing else may be (TBR 52; O1117 (十三))."""

    UNCLEAR = "unclear"
    ERROR = "error"
    LOW_PRICE = "low-price"


def reply_message(inquiry: str, bid: str, question: str, answer: str) -> bytes:
    """The 32 bytes a bidder signs: canonical {answer, bid, inquiry, question} under `inquiry-reply/v1`."""
    told = digest({"answer": answer, "bid": bid, "inquiry": inquiry, "question": question})
    return sha256(labelled(REPLY_LABEL, told)).digest()


def checked_ground(ground: str) -> Ground:
    """`inquiry.ground` for any other reason to ask."""
    if ground not in set(Ground):
        raise Problem("inquiry.ground")
    return Ground(ground)


def checked_text(text: str, most: int, code: str) -> str:
    """The text without blank ends and with one sign for each line end; this code where nothing is written or too much."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not is_written(text, most):
        raise Problem(code, most=most)
    return text


def unasked(low: Mapping[str, Any], asked: Collection[str]) -> list[str]:
    """The bids whose price is abnormally low and about whose price nobody has asked yet, in their order."""
    return [bid for bid in low if bid not in asked]
