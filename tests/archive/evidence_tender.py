"""The tender of a made section: document, notice, and the keysets whose keys are released later."""

from hashlib import sha256

from evidence_log import SECTION, Event, Scene

from infra.crypto.keyset import Custodian, Keyset, Release, custodian_private_key, sign_keyset, with_signatures
from infra.crypto.keyset import public_key as keyset_key
from infra.crypto.seal_suite import X25519
from infra.crypto.sign import ed25519_public, labelled, sign_ed25519
from infra.kernel.canonical import b64, digest
from infra.trustee.duties import RELEASE_LABEL, release_info
from trading.sections.envelopes import LOCKING

TITLE = "云湖市滨河路改造工程一标段"
DEADLINE = "2026-11-02T01:10:00Z"
METHOD = {
    "price": {"kind": "lowest_price_first", "weight": "40"},
    "items": [
        {"id": "t1", "group": "technical", "kind": "subjective", "max": "40"},
        {"id": "t2", "group": "technical", "kind": "subjective", "max": "20"},
    ],
    "judges": {"trim_from": None},
    "tie": ["price"],
    "places": 2,
}


def a_keyset(scene: Scene, event: str, round_: str, deadline: str) -> Keyset:
    """Keys of the scene's trustees for an event, signed by all of them; `deadline` as text."""
    nonce = sha256(f"keyset {event} {round_}".encode()).digest()
    people = tuple(
        Custodian(
            one.name,
            keyset_key(custodian_private_key(one.seed, nonce, SECTION, round_)),
            ed25519_public(one.signer),
        )
        for one in scene.keys.trustees
    )
    release = Release(event, 1 if event == LOCKING else 3)
    keyset = Keyset(nonce, SECTION, round_, deadline, X25519, 2, release, people)
    return with_signatures(keyset, [sign_keyset(keyset, one.signer) for one in scene.keys.trustees])


def publish_keyset(scene: Scene, keyset: Keyset) -> Event:
    """The event under which a keyset is published."""
    return scene.tell(
        "keyset.published", _subject(keyset), keyset=b64(keyset.digest), document=keyset.encode().decode()
    )


def release_keys(scene: Scene, keyset: Keyset, count: int = 2) -> None:
    """So many custodians release their keys; of the first a record goes to the supervising body."""
    for one in scene.keys.trustees[:count]:
        salted = sha256(b"salted" + one.seed).digest()
        signed = labelled(RELEASE_LABEL, sha256(release_info(keyset.digest, one.name) + salted).digest())
        signature = b64(sign_ed25519(one.signer, signed))
        scene.tell(
            "key.released",
            _subject(keyset),
            keyset=b64(keyset.digest),
            custodian=one.name,
            hash=b64(salted),
            signature=signature,
            **({"record": b64(sha256(salted).digest())} if one is scene.keys.trustees[0] else {}),
        )


def _subject(keyset: Keyset) -> str:
    again = "-2" if keyset.release.event == "draw.committed" and keyset.round == "2" else ""
    return f"keyset-{keyset.release.event.replace('.', '-')}{again}"


def publish_tender(scene: Scene, *, two: bool = False) -> Keyset:
    """Section, document, keyset and notice."""
    scene.tell("section.created", SECTION, title=TITLE)
    content = {"method": METHOD, "labels": {"t1": {"zh": "施工方案"}}, "files": [], "ceiling": "10000000.00"}
    document = b64(digest(content))
    scene.tell("document.frozen", SECTION, **content, document=document)
    keyset = a_keyset(scene, "section.closed", "1", DEADLINE)
    publish_keyset(scene, keyset)
    if two:
        scene.second = a_keyset(scene, LOCKING, "2", DEADLINE)
        publish_keyset(scene, scene.second)
    facts = {
        "name": TITLE,
        "sale_ends": "2026-11-02T01:05:00Z",
        "deadline": DEADLINE,
        "ceiling": "10000000.00",
        "document": document,
        "keyset": b64(keyset.digest),
        "suite": keyset.suite,
        "regime": "demo",
        **({"second_keyset": b64(scene.second.digest)} if two else {}),
    }
    scene.tell("notice.published", "notice-1", kind="tender-notice", title=f"{TITLE}招标公告", facts=facts)
    return keyset
