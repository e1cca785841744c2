"""The opening in the evidence: t keys released in time, every form measured against its manifest, a true record."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from infra.crypto.seal_blocks import PLAINTEXT_BLOCK, block_root
from infra.crypto.seal_key import commitment
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from trading.archive.verify_bids import FORM, Bid
from trading.archive.verify_dossier import Dossier, Logged, equal, in_order, placed
from trading.archive.verify_keys import releases_before
from trading.archive.verify_tender import Tender
from trading.opening.form import read_form

# X.509 holds at most 64 bytes of a name, which a UTF-8 letter of four bytes may leave at 61.
CUT = 61


class Opened(NamedTuple):
    """A bid as it was read out: the bidder's registered name and, unless it stayed closed, the form."""

    bid: Bid
    name: str
    form: Mapping[str, Any] | None

    def row(self) -> dict[str, Any]:
        """This bid's row of the opening record."""
        return {
            "bid": self.bid.id,
            "bidder": self.bid.bidder.serial,
            "name": self.name,
            "state": "unopened" if self.form is None else "opened",
            "form": self.form,
        }


def check_opening(dossier: Dossier, tender: Tender, listed: Sequence[Bid]) -> dict[str, Opened]:
    """Every listed bid opened to what its manifest committed to, or unopened with a reason; the record says so."""
    closed, opened = dossier.one("section.closed"), dossier.one("section.opened")
    events = dossier.all("bid.opened", "bid.unopened")
    known = {one.id: one for one in listed}
    found: dict[str, Opened] = {}
    for event in events:
        if event.subject not in known or event.subject in found:
            raise Problem("evidence.opened-twice", bid=event.subject, where=event.where)
        in_order(closed, event, opened)
        found[event.subject] = _read(event, known[event.subject])
    for bid in listed:
        if bid.id not in found:
            raise Problem("evidence.not-opened", bid=bid.id, where=opened.where)
    releases_before(dossier, tender.keyset, closed, events[0])
    _check_record(opened, found)
    return found


def _read(event: Logged, bid: Bid) -> Opened:
    facts = event.facts
    with placed(event.where):
        if facts["bidder"] != bid.bidder.serial or not _same_name(facts["name"], bid.bidder.subject):
            raise Problem("evidence.bidder", bidder=facts["bidder"], certified=bid.bidder.serial)
        if facts["manifest"] != b64(bid.manifest.digest):
            raise Problem("evidence.bid", field="manifest")
        if event.name == "bid.unopened":
            return Opened(bid, facts["name"], None)
        data = str(facts["form"]).encode()
        promised = bid.manifest.entry(FORM).commit
        if commitment(unb64(facts["form_salt"]), block_root([data], PLAINTEXT_BLOCK)) != promised:
            raise Problem("evidence.form", bid=bid.id)
        return Opened(bid, facts["name"], read_form(data))


def _same_name(name: str, certified: str) -> bool:
    return name == certified or (name.startswith(certified) and len(certified.encode()) >= CUT)


def _check_record(opened: Logged, found: Mapping[str, Opened]) -> None:
    rows = {row["bid"]: row for row in opened.facts["record"]}
    if len(rows) != len(opened.facts["record"]) or rows.keys() != found.keys():
        raise Problem("evidence.record", bid=", ".join(sorted(rows.keys() ^ found.keys())), where=opened.where)
    for bid, one in found.items():
        if not equal(rows[bid], one.row()):
            raise Problem("evidence.record", bid=bid, where=opened.where)
