"""Released keys: asked for after the event, checked against the keyset, kept sealed to the opening service."""

from hashlib import sha256
from typing import Any

from sqlalchemy import select

from infra.crypto import keyset as documents
from infra.crypto.sign import labelled, open_from, verify_ed25519
from infra.custody import duties
from infra.custody.actions import signed_keyset
from infra.custody.records import ask_for_checks, record_in, take_check
from infra.custody.tables import Duty, Keyset, Trustee
from infra.db.journal import Line
from infra.db.work import Work
from infra.kernel.canonical import b64, unb64
from infra.kernel.channels import section_channel
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.trustee.checking import opened_key
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

    A key that is not the keyset's is refused with `release.wrong-key`, one without its record for the supervising body with
    `release.no-record`; both are logged (`note_refused_key`) and never stored. The other custodians are shown the event.
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
    record = await record_in(work, duty, document, trustee, answer, salted)
    duties.settle(work, duty, {"sealed": answer["sealed"], "hash": b64(salted), "signature": b64(signature)})
    await work.session.flush()
    line = work.record(
        Event.KEY_RELEASED,
        keyset.id,
        section=keyset.section,
        region=keyset.region,
        keyset=b64(document.digest),
        custodian=trustee.name,
        hash=b64(salted),
        signature=b64(signature),
        **({} if record is None else {"record": b64(sha256(record[0]).digest())}),
    )
    await work.session.flush()
    await ask_for_checks(work, keyset, document, line, record)
    _tell(work, keyset, Event.KEY_RELEASED)
    return len(await duties.answers(work.session, duties.RELEASE, keyset.id))


async def note_refused_key(work: Work, duty_id: str, code: str) -> None:
    """Log once that a custodian's answer to a release was refused, and why; the cause of a late opening stays provable."""
    duty = await work.session.get(Duty, duty_id, with_for_update=True)
    if duty is None or duty.kind != duties.RELEASE or duty.trustee != work.ctx.actor.id or duty.answer is not None:
        return
    await _note_refusal(work, await work.session.get_one(Keyset, duty.subject), duty.trustee, code)


async def take_release_check(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """What another custodian found of a released key; log that it does not fit, as that custodian's word.

    The caller holds the section as for a release.
    """
    code = take_check(work, duty, answer)
    if code is not None:
        await _note_refusal(work, await checked_keyset(work, duty), duty.payload["custodian"], code)


async def checked_keyset(work: Work, duty: Duty) -> Keyset:
    """The keyset that the check of a release is about."""
    wanted = select(Keyset).where(Keyset.digest == unb64(duty.payload["keyset"], 32))
    found: Keyset = (await work.session.execute(wanted)).scalar_one()
    return found


async def _note_refusal(work: Work, keyset: Keyset, custodian: str, code: str) -> None:
    """Log it once for each who says so of each."""
    noted = select(Line.id).where(
        Line.event == Event.KEY_REFUSED, Line.subject == keyset.id, Line.actor == work.ctx.actor.id,
        Line.facts["custodian"].astext == custodian,
    )  # fmt: skip
    if (await work.session.execute(noted.limit(1))).scalar() is not None:
        return
    work.record(
        Event.KEY_REFUSED,
        keyset.id,
        section=keyset.section,
        region=keyset.region,
        keyset=b64(signed_keyset(keyset).digest),
        custodian=custodian,
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
    return opened_key(document, name, content, salted)
