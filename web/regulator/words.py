"""The words of the audit view: kinds of reads, what the log says of a line, the phases of a section."""

from infra.access.rules import Outcome, Read
from infra.kernel.events import Event
from trading.audit.health import Wholeness
from trading.audit.queries import Standing
from trading.audit.reads import Rooting
from web.i18n import N_
from web.navigation import Entry

TABS = (
    Entry("/audit", N_("Journal"), "document"),
    Entry("/audit/sections", N_("Sections"), "grid"),
    Entry("/audit/reads", N_("Who read what"), "eye"),
    Entry("/audit/health", N_("State of the logs"), "chain"),
)

READS = {
    Read.BID_FILE: N_("File of a bid read"),
    Read.MACHINE_CHECKS: N_("Machine checks read"),
    Read.OWN_MARKS: N_("Own marks looked at"),
    Read.SEAT_NAMES: N_("Names of seated judges looked at"),
    Read.SLIPS: N_("Judges' slips printed"),
    Read.REGISTRATION: N_("Registration looked at"),
    Read.OWN_RESULT: N_("Own result looked at"),
    Read.RESULT_LETTER: N_("Own letter on the result read"),
    Read.DOCUMENT_HOLDERS: N_("List of document holders looked at"),
    Read.INVITED_BIDDERS: N_("List of those invited looked at"),
    Read.ASKERS: N_("Names of those who asked looked at"),
    Read.JOURNAL_SEARCHED: N_("Journal searched"),
    Read.SECTION_AUDITED: N_("Section's timeline looked at"),
    Read.READS_SEARCHED: N_("Access log searched"),
    Read.PROOF_TAKEN: N_("Proof of a line taken"),
    Read.EXPORTED: N_("Audit file exported"),
    Read.EXPERTS: N_("Pool of experts looked at"),
    Read.EXPERT: N_("Expert's entry looked at"),
    Read.EXPERTS_EXPORTED: N_("Experts exported"),
    Read.SEAT_LIST: N_("Signed list of judges looked at"),
    Read.DECLINE_NOTES: N_("Notes of those who declined looked at"),
    Read.FEES: N_("Judges' fees looked at"),
    Read.CAMERA_PICTURE: N_("Picture of a camera seen"),
    Read.RECORDING_WATCHED: N_("Recording watched"),
    Read.RECORDING_EXPORTED: N_("File of a recording taken"),
    Read.MANDATE: N_("Mandate of a purchaser's representative read"),
}

OUTCOMES = {Outcome.GRANTED: N_("shown"), Outcome.REFUSED: N_("refused")}

STANDINGS = {
    Standing.INNER: N_("internal"),
    Standing.WAITING: N_("not logged yet"),
    Standing.LOGGED: N_("logged"),
    Standing.PROVEN: N_("co-signed"),
    Standing.DIFFERS: N_("differs from the log"),
}
TONES = {
    Standing.INNER: "",
    Standing.WAITING: "",
    Standing.LOGGED: " tag--info",
    Standing.PROVEN: " tag--ok",
    Standing.DIFFERS: " tag--bad",
}

ROOTINGS = {
    Rooting.WAITING: N_("this hour"),
    Rooting.ROOTED: N_("fixed"),
    Rooting.DIFFERS: N_("changed since"),
}
ROOTING_TONES = {Rooting.WAITING: "", Rooting.ROOTED: " tag--ok", Rooting.DIFFERS: " tag--bad"}

PHASES = {
    Event.SECTION_CREATED: N_("Preparation"),
    Event.NOTICE_PUBLISHED: N_("Bids come in"),
    Event.SECTION_CLOSED: N_("Opening"),
    Event.SECTION_OPENED: N_("Opened, draw"),
    Event.EVALUATION_BEGUN: N_("Evaluation"),
    Event.MARKS_PUBLISHED: N_("Report"),
    Event.CANDIDATES_PUBLISHED: N_("Publicity"),
    Event.PUBLICITY_ENDED: N_("Determination of the winner"),
    Event.AWARD_PUBLISHED: N_("Award published"),
    Event.SECTION_FAILED: N_("Failed"),
}
"""The event that begins a phase, and the phase's name; the last two end the strip."""

WHOLENESS = {
    Wholeness.WHOLE: N_("whole"),
    Wholeness.BROKEN: N_("lines missing or changed"),
    Wholeness.NOT_LOGGED: N_("not the root that was logged"),
    Wholeness.TOO_MANY: N_("too long to recompute here; export a section"),
}
WHOLENESS_TONES = {
    Wholeness.WHOLE: " tag--ok",
    Wholeness.BROKEN: " tag--bad",
    Wholeness.NOT_LOGGED: " tag--bad",
    Wholeness.TOO_MANY: "",
}
