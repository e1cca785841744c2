"""Released keys: asked for after the event, checked against the keyset, kept sealed to the opening service."""

from hashlib import sha256
from typing import Any

from sqlalchemy import select

from infra.crypto import keyset as documents
from infra.crypto.seal_suite import find_suite
from infra.crypto.sign import labelled, open_from, verify_ed25519
from infra.custody import duties
from infra.custody.actions import signed_keyset
from infra.custody.tables import Duty, Keyset, Trustee
from infra.db.journal import Line
from infra.db.work import Work
from infra.kernel.canonical import b64, unb64
from infra.kernel.channels import section_channel
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.trustee.duties import RELEASE_LABEL, release_info


async def ask_for_release(work: Work, keyset: Keyset, *lines: int) -> None:
    """Ask every custodian for its key of this keyset; they will see these journal lines proven first.

    The releasing event comes first; for `technical.locked` the section's closing follows.
    """
    document = signed_keyset(keyset)
    for custodian in document.custodians:
        await duties.ask(
            work, custodian.name, duties.RELEASE, keyset.id, keyset=b64(document.digest), lines=list(lines)
        )


async def take_release(work: Work, duty: Duty, answer: dict[str, Any], opening_key: bytes) -> int:
    """Check one custodian's release and log its salted hash; returns how many keys of the keyset stand released.

    A key that is not the keyset's is refused with `release.wrong-key`, logged (`note_refused_key`), and never stored.
    """
    keyset = await work.session.get_one(Keyset, duty.subject, with_for_update=True)
    document = signed_keyset(keyset)
    trustee = await work.session.get_one(Trustee, duty.trustee)
    salted, signature = unb64(str(answer.get("hash")), 32), unb64(str(answer.get("signature")), 64)
    info = release_info(document.digest, trustee.name)
    signed = labelled(RELEASE_LABEL, sha256(info + salted).digest())
    if not verify_ed25519(trustee.signer, signed, signature):
        raise Problem("trustee.answer", trustee=trustee.name, kind=duty.kind)
    _released(document, trustee.name, str(answer["sealed"]), salted, opening_key)
    duties.settle(work, duty, {"sealed": answer["sealed"], "hash": b64(salted), "signature": b64(signature)})
    await work.session.flush()
    work.record(
        Event.KEY_RELEASED,
        keyset.id,
        section=keyset.section,
        region=keyset.region,
        keyset=b64(document.digest),
        custodian=trustee.name,
        hash=b64(salted),
        signature=b64(signature),
    )
    _tell(work, keyset, Event.KEY_RELEASED)
    return len(await duties.answers(work.session, duties.RELEASE, keyset.id))


async def note_refused_key(work: Work, duty_id: str, code: str) -> None:
    """Log once that a custodian's answer to a release was refused, and why; the cause of a late opening stays provable."""
    duty = await work.session.get(Duty, duty_id, with_for_update=True)
    if duty is None or duty.kind != duties.RELEASE or duty.trustee != work.ctx.actor.id or duty.answer is not None:
        return
    noted = select(Line.id).where(
        Line.event == Event.KEY_REFUSED, Line.subject == duty.subject, Line.actor == duty.trustee
    )
    if (await work.session.execute(noted.limit(1))).scalar() is not None:
        return
    keyset = await work.session.get_one(Keyset, duty.subject)
    work.record(
        Event.KEY_REFUSED,
        keyset.id,
        section=keyset.section,
        region=keyset.region,
        keyset=b64(signed_keyset(keyset).digest),
        custodian=duty.trustee,
        reason=code,
    )
    _tell(work, keyset, Event.KEY_REFUSED)


async def released_keys(work: Work, keyset: Keyset, opening_key: bytes) -> dict[int, bytes]:
    """The released private keys by custodian number (from 1), unsealed in memory only."""
    document = signed_keyset(keyset)
    given = await duties.answers(work.session, duties.RELEASE, keyset.id)
    return {
        number: _released(document, one.name, given[one.name]["sealed"], unb64(given[one.name]["hash"]), opening_key)
        for number, one in enumerate(document.custodians, 1)
        if one.name in given
    }


def _tell(work: Work, keyset: Keyset, event: Event) -> None:
    """Watchers hear of the keys of bids; that there is a draw, and that its keys are out, is secret until the marks."""
    if keyset.event in (Event.SECTION_CLOSED, Event.TECHNICAL_LOCKED):
        work.tell(section_channel(keyset.section), event, keyset.id)


def _released(document: documents.Keyset, name: str, sealed: str, salted: bytes, opening_key: bytes) -> bytes:
    try:
        content = open_from(opening_key, unb64(sealed), release_info(document.digest, name))
    except Problem as problem:
        raise Problem("release.wrong-key", custodian=name) from problem
    listed = next(one.key for one in document.custodians if one.name == name)
    private = content[32:]
    suite = find_suite(document.suite)
    if sha256(content).digest() != salted or not suite.is_private(private) or suite.public_of(private) != listed:
        raise Problem("release.wrong-key", custodian=name)
    return private
