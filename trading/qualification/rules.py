"""What the purchaser says of every bid's qualification, what it signs, and who is out by it: pure (M87 44)."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from infra.crypto.sign import labelled
from infra.kernel.canonical import digest
from trading.examination.rules import Answers, Items, examine

LABEL = "openhall qualification/v1"
TOO_FEW_QUALIFIED = "too-few-qualified"
"""Why a section fails of whose bids fewer qualified than an evaluation needs."""
PURCHASER = "purchaser"


def qualification_message(section: str, answers: Answers) -> bytes:
    """The 32 bytes the procuring entity signs under its answers."""
    return sha256(labelled(LABEL, digest({"section": section, "answers": dict(answers)}))).digest()


def unqualified(items: Items, answers: Answers) -> dict[str, str]:
    """The bids that fail an item, each with `article: clause name: reasons` of every one."""
    result: Mapping[str, Any] = examine(items, {PURCHASER: answers}, 1)
    return dict(result["rejected"])
