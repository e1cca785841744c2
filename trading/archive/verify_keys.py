"""Keysets in the evidence: signed by every custodian of the policy, and released only after their event was co-signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from infra.crypto.keyset import Keyset, parse_keyset, verify_keyset
from infra.crypto.sign import labelled, verify_ed25519
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from infra.trustee.duties import RELEASE_LABEL, release_info
from trading.archive.verify_dossier import Dossier, Logged, after_cosigning, in_order, placed, utc

LEAST_CUSTODIANS = 2


@dataclass(frozen=True)
class Published:
    """A keyset document and the event that published it."""

    event: Logged
    document: Keyset

    @property
    def hash(self) -> str:
        """The document's SHA-256 as it stands in other events, base64."""
        return b64(self.document.digest)


def read_keysets(dossier: Dossier) -> dict[tuple[str, str], Published]:
    """Every keyset of the section by releasing event and round; `evidence.keyset` names the field that is wrong.

    Before the notice the deadline may be chosen anew, with a new keyset; then only the one that the notice names counts.
    """
    found: dict[tuple[str, str], Published] = {}
    notices = [one.facts["facts"] for one in dossier.all("notice.published")]
    named = {told.get(name) for told in notices for name in ("keyset", "second_keyset")}
    for event in dossier.all("keyset.published"):
        with placed(event.where):
            document = parse_keyset(str(event.facts["document"]).encode())
            verify_keyset(document, dossier.policy.custodians)
            place = (document.release.event, document.round)
            right = {
                "keyset": b64(document.digest) == event.facts["keyset"],
                "section": document.section == dossier.section,
                "custodians": {one.name for one in document.custodians} == set(dossier.policy.custodians),
                "threshold": document.threshold >= LEAST_CUSTODIANS,
                "round": place not in found or event.facts["keyset"] in named or found[place].hash in named,
            }
            for field, holds in right.items():
                if not holds:
                    raise Problem("evidence.keyset", field=field)
        if place not in found or event.facts["keyset"] in named:
            found[place] = Published(event, document)
    return found


def check_releases(dossier: Dossier, keysets: Mapping[tuple[str, str], Published]) -> None:
    """Every released key belongs to a keyset of the section, is its custodian's only one, and signed by it."""
    known = {one.hash: one for one in keysets.values()}
    seen: set[tuple[str, str]] = set()
    for event in dossier.all("key.released"):
        keyset, custodian = known.get(event.facts["keyset"]), event.facts["custodian"]
        if keyset is None or keyset.event.subject != event.subject or (event.subject, custodian) in seen:
            raise Problem("evidence.release", custodian=custodian, where=event.where)
        seen.add((event.subject, custodian))
        _check_signature(dossier, keyset.document, event)


def released_after(dossier: Dossier, keyset: Published, trigger: Logged) -> list[Logged]:
    """All released keys of a keyset; each after its trigger was co-signed, at the keyset's deadline or later."""
    given = [one for one in dossier.all("key.released") if one.facts["keyset"] == keyset.hash]
    for one in given:
        in_order(trigger, one)
        after_cosigning([trigger], one)
    if given and not dossier.cosigned_since(trigger, utc(keyset.document.deadline, keyset.event.where)):
        raise Problem("evidence.early", name=trigger.name, earliest=keyset.document.deadline, where=trigger.where)
    return given


def releases_before(dossier: Dossier, keyset: Published, trigger: Logged, effect: Logged) -> list[Logged]:
    """The keys released between a co-signed trigger and its effect; `evidence.too-few-keys` below the threshold."""
    given = released_after(dossier, keyset, trigger)
    in_time = [one for one in given if one.number < effect.number]
    if len(in_time) < keyset.document.threshold:
        raise Problem("evidence.too-few-keys", have=len(in_time), need=keyset.document.threshold, where=effect.where)
    return in_time


def _check_signature(dossier: Dossier, keyset: Keyset, event: Logged) -> None:
    custodian = event.facts["custodian"]
    key = dossier.policy.custodians.get(custodian, b"")
    info = release_info(keyset.digest, custodian)
    signed = labelled(RELEASE_LABEL, sha256(info + unb64(event.facts["hash"])).digest())
    if not verify_ed25519(key, signed, unb64(event.facts["signature"])):
        raise Problem("evidence.release", custodian=custodian, where=event.where)
