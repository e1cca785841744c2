"""What a printed receipt says, in the visit's language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from infra.kernel.canonical import parse, unb64
from infra.tlog.note import parse_note
from infra.tlog.proof import parse_proof
from trading.bidding.queries import OwnBid
from web.bidder.receipt_pdf import Line, Paper
from web.i18n import N_, count, moment, utc_offset
from web.public.section_view import PARTS
from web.visit import Visit

KINDS = {
    "bid.submitted": N_("Bid received"),
    "bid.replaced": N_("Bid received; it replaced an earlier one"),
    "bid.withdrawn": N_("Bid withdrawn"),
}
ACCEPTED = N_("Time of acceptance by the server's clock")
NOTES = (
    N_("The code leads to the Verify page, which holds the receipt's file and the sealed files against this paper."),
    N_(
        "Proof is the JSON file of this receipt: with it anybody checks, without an account, when this bid was received."
    ),
)


def paper_of(visit: Visit, own: OwnBid, receipt: Mapping[str, Any], address: str) -> Paper:
    """The paper of one's own receipt `receipt/v1`; `address` is what its QR code leads to."""
    assert visit.signed_in is not None and visit.signed_in.organisation is not None
    event, body, words = parse(str(receipt["event"]).encode()), visit.signed_in.organisation, visit.texts.gettext
    proof = parse_proof(str(receipt["proof"]))
    log, *witnesses = [one.name for one in parse_note(proof.checkpoint).signatures]
    second = own.bid.second_digest
    place = words(N_("No. %(n)s")) % {"n": count(proof.index, visit.language)}
    lines = (
        Line(words(N_("State")), words(KINDS[event["event"]])),
        Line(words(N_("Section")), f"{own.section.title} ({own.section.id})"),
        Line(words(N_("Bidder")), f"{body.name} ({body.credit_code})"),
        Line(words(N_("Deadline for bids")), _when(visit, own.section.deadline)),
        Line(words(N_("Receipt number")), own.bid.id, exact=True),
        Line(words(N_("Hash of the signed manifest (SHA-256)")), own.bid.digest.hex(), exact=True),
        *(
            []
            if second is None
            else [Line(words(N_("Hash of the price envelope's manifest (SHA-256)")), second.hex(), exact=True)]
        ),
        Line(words(N_("Entry in the public log")), f"{place}, {_when(visit, datetime.fromisoformat(event['at']))}"),
        Line(words(N_("Log")), log, exact=True),
        Line(words(N_("Witnesses")), ", ".join(witnesses), exact=True),
    )
    parts = [
        (words(PARTS.get(one["part"], one["part"])), _bytes(visit, one["size"]), unb64(one["root"]).hex())
        for one in receipt["parts"]
    ]
    return Paper(
        title=words(N_("Receipt of a bid")),
        moment=f"{words(ACCEPTED)} {_when(visit, own.bid.submitted_at)}",
        lines=lines,
        heads=[words(N_("Sealed parts")), words(N_("Size")), words(N_("Root over blocks of 8 MiB"))],
        parts=parts,
        notes=[words(note) for note in NOTES],
        address=address,
        foot=f"SHA-256 {own.bid.digest.hex()}",
        page=words(N_("Page {number} of {all}")),
    )


def _when(visit: Visit, at: datetime | None) -> str:
    assert at is not None
    return f"{moment(at, visit.language, seconds=True)} {utc_offset(at)}"


def _bytes(visit: Visit, size: int) -> str:
    return visit.texts.gettext(N_("%(n)s bytes")) % {"n": count(size, visit.language)}
