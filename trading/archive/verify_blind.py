"""Blind parts in the evidence: labels committed to before anybody marked, disclosed with the marks, each sheet under them."""

from collections.abc import Mapping

from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from trading.archive.verify_committee import Committee
from trading.archive.verify_dossier import Dossier, Logged, after_cosigning, in_order
from trading.archive.verify_tender import Tender
from trading.blind.rules import Blindfold, blind_items, commitment
from trading.evaluation.reading import read_method

LABELLED = "blind.labelled"


def check_labels(dossier: Dossier, tender: Tender, committee: Committee) -> Blindfold:
    """The labels under which judges marked, none where no part was blind; `evidence.blind`, `.order`, `.not-cosigned`."""
    published = dossier.one("marks.published")
    disclosed = published.facts.get("blind")
    if not tender.blind:
        _hold({"asked": disclosed is None and not dossier.all(LABELLED)}, published)
        return Blindfold()
    labelled = dossier.one(LABELLED)
    for lock in committee.locks.values():
        in_order(dossier.one("section.opened"), labelled, lock)
        after_cosigning([labelled], lock)
    _hold({"parts": labelled.facts["parts"] == tender.blind}, labelled)
    _hold({"labels": disclosed is not None}, published)
    assert disclosed is not None
    labels: Mapping[str, str] = disclosed["labels"]
    promised = commitment(unb64(disclosed["salt"]), dossier.section, labels)
    once = len(set(labels.values())) == len(labels) and not labels.keys() & set(labels.values())
    _hold({"commitment": b64(promised) == labelled.facts["commitment"]}, published)
    _hold({"bids": once and set(committee.valid) <= set(labels.values())}, published)
    items = frozenset(item.id for item in blind_items(read_method(tender.method), tender.blind))
    fold = Blindfold(labels, unb64(disclosed["salt"]), items, frozenset(tender.blind))
    for sheet in published.facts["sheets"].values():
        rows = sheet["marks"].items()
        _hold({"sheet": all(fold.bid_of(key, item) for key, row in rows for item in row)}, published)
    return fold


def _hold(right: Mapping[str, bool], event: Logged) -> None:
    for field, holds in right.items():
        if not holds:
            raise Problem("evidence.blind", field=field, where=event.where)
