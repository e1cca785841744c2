"""The two envelopes 双信封 of a bid: which part lies in which; each is sealed to the keyset of its round.

Pure. The first tells who bids and how the work would be done; the second holds the price and opens after the marks.
"""

from collections.abc import Mapping

FIRST, SECOND = "1", "2"
PRICE = "price"
ROUNDS: Mapping[str, str] = {
    "bill": FIRST,
    "commercial": FIRST,
    "opening-form": FIRST,
    "technical": FIRST,
    PRICE: SECOND,
}
LOCKING = "technical.locked"
"""The event on which custodians release the keys of the second round."""
LEAST = 1
"""Bids that the second round needs: the committee may lawfully have left fewer than were needed to open (O1117 (十三))."""


def second_parts(*, two_envelope: bool) -> tuple[str, ...]:
    """The parts of the second envelope in order; none where there is one envelope."""
    return tuple(part for part, number in ROUNDS.items() if number == SECOND) if two_envelope else ()
