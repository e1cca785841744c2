"""The words of key custody: bodies, and how a trustee stands."""

from typing import NamedTuple

from infra.custody.standing import Standing
from web.i18n import N_


class Word(NamedTuple):
    """How a standing is shown: msgid, tone of its tag, icon, and what is to be done about it (msgid)."""

    text: str
    tone: str
    icon: str
    remedy: str = ""


BODIES = {
    "agent": N_("Procurement agent"),
    "centre": N_("Trading centre"),
    "supervisor": N_("Supervising body"),
}

STANDINGS = {
    Standing.READY: Word(N_("Ready"), " tag--ok", "check"),
    Standing.SILENT: Word(
        N_("There, tells nothing"), " tag--warn", "info", N_("Its program is too old to report; upgrade it.")
    ),
    Standing.CONFIRMING: Word(
        N_("Ready, asks a person"),
        " tag--info",
        "person",
        N_("Its key leaves after somebody there has run openhall trustee confirm."),
    ),
    Standing.UNSTAMPED: Word(
        N_("Time authority silent"),
        " tag--bad",
        "clock",
        N_("It releases nothing before the time-stamp authority that its body has chosen answers."),
    ),
    Standing.NEVER: Word(
        N_("Never heard"), " tag--bad", "warn", N_("Start openhall trustee serve on that body's machine.")
    ),
    Standing.ABSENT: Word(
        N_("Absent"), " tag--bad", "warn", N_("Call that body: its program is stopped or cannot reach this platform.")
    ),
    Standing.LOCKED: Word(
        N_("Locked"), " tag--bad", "lock", N_("It waits for its passphrase; somebody of that body must give it.")
    ),
    Standing.CLOCK: Word(
        N_("Clock wrong"), " tag--bad", "clock", N_("Set the clock of its machine; it releases by its own clock.")
    ),
    Standing.REFUSED: Word(
        N_("Turned away"),
        " tag--bad",
        "warn",
        N_("It shares a machine, a hand or a place with another body, or is set up wrongly."),
    ),
    Standing.FORKED: Word(
        N_("Reports a fork"),
        " tag--bad",
        "warn",
        N_("It was shown a log that contradicts what it has co-signed, and has kept the proof. Stop and look into it."),
    ),
}
