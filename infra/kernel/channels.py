"""What pages hear of at once: channels, and which journal lines are told on them; nothing that is secret at that time.

Nothing about a bid is told before its section is closed: neither an event, nor a number, nor a time.
"""

from infra.kernel.events import Event

BOARD = "board"
"""The channel of what concerns everybody: notices, and sections that close, open or fail."""
LIVE = "live"
"""The database's channel on which listeners are woken."""

ON_THE_BOARD = frozenset(
    {
        Event.NOTICE_PUBLISHED,
        Event.ADDENDUM_PUBLISHED,
        Event.SECTION_EXTENDED,
        Event.SECTION_CLOSED,
        Event.SECTION_OPENED,
        Event.SECTION_FAILED,
        Event.TECHNICAL_LOCKED,
        Event.MARKS_PUBLISHED,
        Event.CANDIDATES_PUBLISHED,
        Event.CANDIDATE_PASSED_OVER,
        Event.EVALUATION_REOPENED,
        Event.WINNER_CHOSEN,
        Event.AWARD_PUBLISHED,
    }
)
OF_A_SECTION = ON_THE_BOARD | {
    Event.CLARIFICATION_PUBLISHED,
    Event.SECTION_SUSPENDED,
    Event.SECTION_RESUMED,
    Event.BID_OPENED,
    Event.BID_UNOPENED,
    Event.BID_BLOCK_RESTORED,
    Event.RELEASE_OVERDUE,
    Event.FACTOR_WINDOW_OPENED,
    Event.FACTOR_WINDOW_CLOSED,
    Event.FACTOR_GIVEN,
    Event.FACTOR_REFUSED,
    Event.REMEDY_GIVEN,
    Event.REMEDY_REFUSED,
    Event.REMEDY_ENDED,
    Event.BID_FILES_CHECKED,
    Event.PRICE_OPENED,
    Event.RESERVE_OPENED,
    Event.RESERVE_UNOPENED,
    Event.CAUSE_DECIDED,
    Event.OPENING_HALTED,
    Event.OPENING_CONTINUED,
    Event.TIE_DECIDED,
    Event.REPORT_CONFIRMED,
    Event.REPORT_RETURNED,
    Event.MARK_CORRECTED,
    Event.PUBLICITY_ENDED,
    Event.WINNER_DETERMINED,
    Event.CAPACITY_ASKED,
    Event.RESULT_OBJECTED,
    Event.RESULT_OBJECTION_ANSWERED,
    Event.RESULT_OBJECTION_WITHDRAWN,
    Event.REPORT_SIGNED,
    Event.REPORT_DISSENTED,
    Event.REPORT_SETTLED,
    Event.SECTION_REPORTED,
    Event.SECTION_ARCHIVED,
    Event.RECORD_CONFIRMED,
    Event.RECORD_SETTLED,
    Event.OBJECTION_RAISED,
    Event.OBJECTION_ANSWERED,
    Event.HALL_NOTED,
    Event.HALL_PAUSED,
    Event.HALL_RESUMED,
}

OF_A_DRAW = frozenset(
    {
        Event.DRAW_REQUESTED,
        Event.DRAW_ORDERED,
        Event.DRAW_REFUSED,
        Event.DRAW_FROZEN,
        Event.DRAW_AUDITED,
        Event.DRAW_COMMITMENT_GIVEN,
        Event.DRAW_COMMITMENT_CHANGED,
        Event.DRAW_ESCROW_GIVEN,
        Event.DRAW_COMMITTED,
        Event.DRAW_REVEALED,
        Event.DRAW_FAILED,
        Event.REDRAW_ALLOWED,
        Event.SIGN_IN_APPOINTED,
    }
)
"""What the draw room hears of: phases only. Sign-ins are nobody's to hear of at once; answers and replacements neither: their
moment would tell who just looked at a phone."""
CHANGED = "changed"
"""The only thing a draw's channel ever says; what has changed, the page asks for."""


def section_channel(section: str) -> str:
    """The channel of one section, which is public as soon as the section is."""
    return f"section:{section}"


def messages_channel(account: str) -> str:
    """The channel of one person's messages, for that person alone."""
    return f"messages:{account}"


def venues_channel(region: str) -> str:
    """The channel of the halls and rooms of a region, for its centre alone."""
    return f"venues:{region}"


def draw_channel(section: str) -> str:
    """The channel of a section's draw and seats, for its centre and its procurers."""
    return f"draw:{section}"


def channels_of(event: Event, section: str | None) -> tuple[str, ...]:
    """The channels on which a journal line of this kind is told; most are told on none."""
    own = (section_channel(section),) if section is not None and event in OF_A_SECTION else ()
    return (*own, BOARD) if event in ON_THE_BOARD else own
