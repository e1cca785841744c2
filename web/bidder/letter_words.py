"""What a letter on the result says, in the visit's language, and its paper."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from trading.letters.rules import Outcome
from trading.letters.tables import ResultLetter
from web.bidder.receipt_pdf import Line, Paper
from web.i18n import N_, amount, moment, utc_offset
from web.visit import Visit

OUTCOMES = {
    Outcome.WON: N_("Your bid has won."),
    Outcome.PASSED_OVER: N_("Your bid stood among the candidates and dropped out."),
    Outcome.OUTRANKED: N_("Your bid was evaluated; another one is ranked before it."),
    Outcome.REJECTED: N_("The committee rejected your bid."),
    Outcome.UNOPENED: N_("Your bid could not be opened and was not evaluated."),
}
AWARD, RESULT = N_("Letter of award"), N_("Letter on the result")
NOTE = N_(
    "The code leads to the section's public log. The SHA-256 of the letter's JSON file stands there with the award."
)


def title_of(letter: Mapping[str, Any]) -> str:
    """What kind of letter it is."""
    return AWARD if letter["outcome"] == Outcome.WON else RESULT


def paper_of(visit: Visit, row: ResultLetter, letter: Mapping[str, Any], address: str) -> Paper:
    """The printed letter; `address` is what its QR code leads to."""
    words, winner, won = visit.texts.gettext, letter["winner"], letter["outcome"] == Outcome.WON
    said = [
        (N_("To"), f"{letter['bidder']} ({letter['credit_code']})"),
        (N_("Result"), words(OUTCOMES[letter["outcome"]])),
        (N_("Reasons"), letter["reasons"]),
        (N_("Section"), f"{letter['title']} ({letter['section']})"),
        (N_("Project"), letter["project"]),
        (N_("Procuring entity"), letter["procuring_entity"]),
        (N_("Winner"), winner["bidder"]),
        (N_("Winning price (CNY)"), amount(winner["price_text"], visit.language)),
        (N_("Your price (CNY)"), amount(letter["price_text"], visit.language) if letter["price_text"] else ""),
        (N_("Your rank"), str(letter["rank"] or "")),
        (N_("Your total"), letter["total"] or ""),
        (N_("Contract to be signed by"), _when(visit, letter["contract_by"]) if won else ""),
    ]
    exact = [(N_("Bid"), row.bid), (N_("Hash of the letter's file (SHA-256)"), row.digest.hex())]
    return Paper(
        title=words(title_of(letter)),
        moment=_when(visit, letter["made_at"]),
        lines=[
            *(Line(words(name), text) for name, text in said if text),
            *(Line(words(name), text, exact=True) for name, text in exact),
        ],
        heads=(),
        parts=(),
        notes=[words(NOTE)],
        address=address,
        foot=f"SHA-256 {row.digest.hex()}",
        page=words(N_("Page {number} of {all}")),
    )


def _when(visit: Visit, stamp: str) -> str:
    at = datetime.fromisoformat(stamp)
    return f"{moment(at, visit.language, seconds=True)} {utc_offset(at)}"
