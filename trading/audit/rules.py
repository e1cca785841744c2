"""What a supervising body may see of a journal line, and when: pure decisions (rules/trading.md §1, visibility clock)."""

from enum import StrEnum

from infra.kernel.context import Role
from infra.kernel.events import Event, Opens


class Sight(StrEnum):
    """How much of a journal line is shown: all of it, that it exists, all but who acted, or nothing at all."""

    OPEN = "open"
    UNNAMED = "unnamed"
    SEALED = "sealed"
    HIDDEN = "hidden"


OUTSIDERS = frozenset({Role.BIDDER, Role.PUBLIC})
"""Whose acts in a section would tell who bids, asks or fetches documents (TBL 22, EBM 21)."""

OF_KEYSETS = frozenset({Event.KEYSET_REQUESTED, Event.KEYSET_PUBLISHED, Event.KEY_RELEASED, Event.KEY_REFUSED})
AT_ONCE = frozenset(event for event in Event if event.kind.opens is Opens.AT_ONCE)
COMMITTEE = frozenset(event for event in Event if event.kind.opens is Opens.MARKS_PUBLISHED)
UNTOLD = frozenset({Event.CONSOLIDATION_BEGUN, Event.MARKS_EXPLAINED})
"""What tells, by having happened, that a judge marked far from the others: nobody sees it before all see the marks."""
OF_THE_STAFF = frozenset(
    {
        Event.DRAFT_SAVED,
        Event.FILE_ATTACHED,
        Event.FILE_DETACHED,
        Event.KEYSET_REQUESTED,
        Event.ROOM_BOOKED,
        Event.BOOKING_MOVED,
        Event.BOOKING_CONFIRMED,
        Event.BOOKING_CANCELLED,
    }
)
OWN_AFFAIRS = frozenset(
    event
    for event in Event
    if event.split(".")[0]
    in (
        "account",
        "mandate",
        "membership",
        "organisation",
        "password",
        "registration",
        "second-factor",
        "sign-in",
        "signing-key",
    )
)
"""What somebody outside does in no section: all of it that is shown, for anything else might tell of a bid."""

OF_BIDS = frozenset(event for event in Event if event.startswith("bid."))
BEFORE_CLOSING = (AT_ONCE | COMMITTEE | OF_THE_STAFF) - UNTOLD
"""Events that are shown, in one form or another, while bids come in. What is not named here, and all new, is hidden."""


def sight(event: Event, role: Role, *, in_section: bool, of_draw: bool, closed: bool, judged: bool) -> Sight:
    """What a regulator sees of a line. `closed`: its section's deadline was acted on; `judged`: its marks are public.

    Before the closing nothing may tell whether anybody bids: such lines are hidden, also from counts. The committee's
    acts are shown as having happened; what they say follows with the marks.
    """
    if not in_section:
        hidden = event not in OWN_AFFAIRS and (role in OUTSIDERS or event in OF_BIDS)
        return Sight.HIDDEN if hidden else Sight.OPEN
    if not closed:
        if event not in BEFORE_CLOSING:
            return Sight.HIDDEN
        if role in OUTSIDERS:
            return Sight.UNNAMED if event in AT_ONCE else Sight.HIDDEN
    if not judged and event in UNTOLD:
        return Sight.HIDDEN
    if not judged and (of_draw or event in COMMITTEE or role is Role.JUDGE):
        return Sight.SEALED
    return Sight.OPEN


def read_sight(role: Role, *, in_section: bool, closed: bool) -> Sight:
    """What a regulator sees of an access line: a bidder's reads tell before the closing that it bids."""
    return Sight.HIDDEN if in_section and not closed and role in OUTSIDERS else Sight.OPEN
