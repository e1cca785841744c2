"""The second envelopes in the evidence: sealed until all marks were locked and co-signed, then just the listed ones opened."""

from collections.abc import Mapping

from infra.kernel.canonical import b64
from infra.kernel.problems import Problem
from trading.archive.verify_committee import Committee
from trading.archive.verify_dossier import Dossier, Logged, after_cosigning, in_order
from trading.archive.verify_keys import Published, released_after, releases_before
from trading.archive.verify_opening import PRICED, Opened
from trading.archive.verify_rescue import LATE
from trading.archive.verify_tender import Tender
from trading.opening.states import LEFT_OUT, Stage
from trading.sections.envelopes import LOCKING, SECOND

Keysets = Mapping[tuple[str, str], Published]


def check_second(
    dossier: Dossier, tender: Tender, keysets: Keysets, opened: Mapping[str, Opened], committee: Committee
) -> Committee:
    """The committee with the bids that count in the end: those whose second envelope was read out, where there is one.

    `evidence.second` names the field, `evidence.order`, `.not-cosigned`, `.early`, `.too-few-keys` as for the opening.
    """
    if tender.second is None or not dossier.all(LOCKING):
        _refuse_second(dossier, keysets)
        return committee
    locked = dossier.one(LOCKING)
    in_order(dossier.one("section.closed"), *committee.locks.values(), locked)
    after_cosigning(list(committee.locks.values()), locked)
    _check_locked(tender.second, opened, committee, locked)
    for bid in committee.valid:
        if opened[bid].stage not in (Stage.PRICED, *LEFT_OUT):
            raise Problem("evidence.not-opened", bid=bid, where=locked.where)
    for event in dossier.all(PRICED):
        if event.subject not in committee.valid:
            raise Problem("evidence.second", field="bid", where=event.where)
    _check_keys(dossier, tender.second, opened, locked)
    return committee._replace(valid=[bid for bid in committee.valid if opened[bid].stage is Stage.PRICED])


def _check_keys(dossier: Dossier, keyset: Published, opened: Mapping[str, Opened], locked: Logged) -> None:
    """t keys stood released before the first price that needed them; without such a one their limit had passed."""
    needed = [one.keyed for one in opened.values() if one.keyed is not None]
    late = any(one.number > locked.number for one in dossier.all(LATE))
    if late and not needed:
        released_after(dossier, keyset, locked)
        return
    ends = dossier.all("marks.published", "section.failed")
    releases_before(dossier, keyset, locked, min([*needed, *ends], key=lambda one: one.number))


def _check_locked(keyset: Published, opened: Mapping[str, Opened], committee: Committee, locked: Logged) -> None:
    """All judges had locked; the list is just the bids that the committee left, by what their bidders signed."""
    facts = locked.facts
    expected = {bid: b64(second.digest) for bid in committee.valid if (second := opened[bid].bid.second) is not None}
    listed = {row["bid"]: row["manifest"] for row in facts["bids"]}
    right = {
        "judges": committee.locks.keys() == committee.judges.keys(),
        "outcome": facts["outcome"] == "open",
        "keyset": facts["keyset"] == keyset.hash,
        "minimum": facts["minimum"] == keyset.document.release.minimum <= len(listed),
        "bids": listed == expected and len(listed) == len(facts["bids"]),
    }
    for field, holds in right.items():
        if not holds:
            raise Problem("evidence.second", field=field, where=locked.where)


def _refuse_second(dossier: Dossier, keysets: Keysets) -> None:
    """Without locked marks nothing of a second envelope may be known, and no key of one released."""
    keyset = keysets.get((LOCKING, SECOND))
    released = [one for one in dossier.all("key.released") if keyset and one.facts["keyset"] == keyset.hash]
    for event in [*dossier.all(LOCKING, PRICED), *released]:
        raise Problem("evidence.second", field=event.name, where=event.where)
