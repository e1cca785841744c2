"""The words for projects, gates, price rules, parts of a bid and rooms on the procuring side's pages."""

from trading.evaluation.criteria import Stage
from trading.projects.states import ProjectState
from trading.sections.rules import Phase, Status
from trading.venues.states import BookingState
from trading.venues.tables import RoomKind
from web.i18n import N_

PROJECT_STATES = {
    ProjectState.SUBMITTED: N_("Waits for acceptance"),
    ProjectState.RETURNED: N_("Returned"),
    ProjectState.ACCEPTED: N_("Accepted"),
}
PROJECT_TONES = {
    ProjectState.SUBMITTED: " tag--info",
    ProjectState.RETURNED: " tag--warn",
    ProjectState.ACCEPTED: " tag--ok",
}
ORDERS = {
    "-submitted": N_("Newest first"),
    "submitted": N_("Oldest first"),
    "code": N_("By code"),
    "name": N_("By name"),
}
PHASES = {
    Phase.DOCUMENT: N_("Tender document"),
    Phase.KEYS: N_("Keyset"),
    Phase.NOTICE: N_("Notice"),
    Phase.VENUE: N_("Opening hall"),
    Phase.BIDDING: N_("Submission of bids"),
    Phase.OPENING: N_("Opening"),
    Phase.QUALIFICATION: N_("Examination of qualification"),
    Phase.COMMITTEE: N_("Committee"),
    Phase.EVALUATION: N_("Evaluation"),
    Phase.CANDIDATES: N_("Candidates"),
    Phase.DETERMINATION: N_("Determination"),
    Phase.AWARD: N_("Award"),
}
NEXT = {
    Phase.DOCUMENT: N_("Write the tender document and freeze it"),
    Phase.KEYS: N_("Ask the trustees for the keyset"),
    Phase.NOTICE: N_("Publish the notice"),
    Phase.VENUE: N_("Book the opening hall"),
    Phase.BIDDING: N_("Bidders hand in until the deadline"),
    Phase.OPENING: N_("The bids are being opened"),
    Phase.QUALIFICATION: N_("The purchaser examines the qualification of every bid"),
    Phase.COMMITTEE: N_("Ask for the draw of the committee"),
    Phase.EVALUATION: N_("The committee evaluates"),
    Phase.CANDIDATES: N_("Publish the candidates"),
    Phase.DETERMINATION: N_("The purchaser confirms the report; its silence counts as well"),
    Phase.AWARD: N_("Publish the award"),
}
WAITING = {
    Phase.KEYS: N_("The trustees are making the keyset"),
    Phase.VENUE: N_("The centre has to confirm the hall"),
    Phase.COMMITTEE: N_("The draw is under way"),
    Phase.AWARD: N_("The publicity period runs"),
}
PLACES = {
    Phase.DOCUMENT: "/document",
    Phase.KEYS: "/notice",
    Phase.NOTICE: "/notice",
    Phase.VENUE: "/venue",
    Phase.OPENING: "/host",
    Phase.QUALIFICATION: "/qualification",
    Phase.COMMITTEE: "/panel",
    Phase.CANDIDATES: "/award",
    Phase.DETERMINATION: "/award",
    Phase.AWARD: "/award",
}
STATUSES = {
    Status.DONE: N_("done"),
    Status.NOW: N_("next"),
    Status.WAITING: N_("under way"),
    Status.TODO: N_("to come"),
    Status.FAILED: N_("failed"),
}
PARTS = {
    "opening-form": N_("Opening form"),
    "commercial": N_("Commercial part"),
    "technical": N_("Technical part"),
    "bill": N_("Priced bill of quantities"),
}
KINDS = {
    "benchmark": N_("Benchmark price"),
    "lowest_price_first": N_("Lowest price first"),
    "lowest_evaluated": N_("Lowest evaluated price"),
    "gp_lowest_price_first": N_("Comprehensive scoring"),
    "gp_lowest_evaluated": N_("Lowest evaluated bid"),
}
GROUPS = {"technical": N_("technical"), "commercial": N_("commercial")}
STAGES = {
    Stage.FORM: N_("Form"),
    Stage.QUALIFICATION: N_("Qualification"),
    Stage.RESPONSIVENESS: N_("Responsiveness"),
}
ITEM_KINDS = {"subjective": N_("marked by each judge"), "objective": N_("follows from the bid")}
TIES = {
    "price": N_("the lower price"),
    "technical": N_("the higher technical score"),
    "joint": N_("the rank is shared"),
    "procuring_entity": N_("the procuring entity decides"),
}
ROOM_KINDS = {
    RoomKind.OPENING: N_("Opening hall"),
    RoomKind.EVALUATION: N_("Evaluation room"),
    RoomKind.DRAW: N_("Draw room"),
}
BOOKING_STATES = {
    BookingState.ASKED: N_("Asked for"),
    BookingState.CONFIRMED: N_("Confirmed"),
    BookingState.CANCELLED: N_("Cancelled"),
}
BOOKING_TONES = {BookingState.ASKED: " tag--warn", BookingState.CONFIRMED: " tag--ok", BookingState.CANCELLED: ""}


def gate_words(phase: Phase, status: Status) -> str:
    """What has to happen at a gate, or is happening, as a msgid."""
    return WAITING.get(phase, NEXT[phase]) if status is Status.WAITING else NEXT[phase]
