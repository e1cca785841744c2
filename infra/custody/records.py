"""Records of released keys: the supervising body's key they are sealed to, and what the other custodians find of a release."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.crypto import keyset as documents
from infra.crypto.sign import verify_ed25519
from infra.custody import duties
from infra.custody.tables import Duty, Keyset, Trustee
from infra.db.journal import Line
from infra.db.work import Work
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from infra.trustee.checking import FITS, VERDICTS
from infra.trustee.records import DRAWS, SUPERVISOR, record_info, record_key_message, record_message

Record = dict[str, str]


async def ask_for_record_key(work: Work, trustees: list[Trustee]) -> None:
    """Have the supervising body's trustee say, once and for all, that records are to be sealed to its sealing key."""
    for one in trustees:
        if one.body == SUPERVISOR:
            await duties.ask(work, one.name, duties.RECORD_KEY, one.name)


async def take_record_key(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """The supervising body's signature over its record key; `trustee.answer` where it does not verify."""
    trustee = await work.session.get_one(Trustee, duty.trustee)
    signature = unb64(str(answer.get("signature")), 64)
    if not verify_ed25519(trustee.signer, record_key_message(trustee.name, trustee.sealing), signature):
        raise Problem("trustee.answer", trustee=duty.trustee, kind=duty.kind)
    duties.settle(work, duty, {"signature": b64(signature)})


async def record_key(session: AsyncSession) -> Record | None:
    """`name`, `key` and `signature` as the other custodians are shown them; None until the supervising body has signed."""
    given = select(Trustee, Duty.answer).join(Duty, Duty.trustee == Trustee.name)
    given = given.where(Duty.kind == duties.RECORD_KEY, Duty.answer.is_not(None))
    found = (await session.execute(given)).first()
    if found is None or found[1] is None:
        return None
    return {"name": found[0].name, "key": b64(found[0].sealing), "signature": found[1]["signature"]}


async def record_in(
    work: Work, duty: Duty, document: documents.Keyset, trustee: Trustee, answer: dict[str, Any], salted: bytes
) -> tuple[bytes, bytes] | None:
    """The sealed record that a release carries and its custodian's signature; None where none is due.

    Due it is of every body but the supervising one, for bids, whenever the record key was known as the release was asked
    for. `release.no-record` where it is missing then, `trustee.answer` where its signature is not the custodian's.
    """
    given = answer.get("record")
    if given is None:
        if await _is_due(work.session, duty, document, trustee):
            raise Problem("release.no-record", custodian=trustee.name)
        return None
    sealed, signature = unb64(str(given["sealed"])), unb64(str(given["signature"]), 64)
    signed = record_message(record_info(document.digest, trustee.name), salted, sealed)
    if not verify_ed25519(trustee.signer, signed, signature):
        raise Problem("trustee.answer", trustee=trustee.name, kind=duty.kind)
    return sealed, signature


async def ask_for_checks(
    work: Work, keyset: Keyset, document: documents.Keyset, released: Line, record: tuple[bytes, bytes] | None
) -> None:
    """Show the other custodians a logged `key.released` (flushed); the supervising body's trustee gets the record with it.

    Not of draws: that there is one is secret.
    """
    if keyset.event in DRAWS:
        return
    custodian = released.facts["custodian"]
    supervisor = (await work.session.execute(select(Trustee.name).where(Trustee.body == SUPERVISOR))).scalar_one()
    shown = {"keyset": b64(document.digest), "custodian": custodian, "lines": [released.id]}
    for one in document.custodians:
        if one.name != custodian:
            own = {"record": _told(*record)} if record is not None and one.name == supervisor else {}
            await duties.ask(work, one.name, duties.CHECK, f"{keyset.id}/{custodian}", **shown, **own)


def take_check(work: Work, duty: Duty, answer: dict[str, Any]) -> str | None:
    """Another custodian's verdict on a release, settled; the code that is to be logged where it does not fit."""
    verdict = answer.get("verdict")
    if verdict not in VERDICTS:
        raise Problem("trustee.answer", trustee=duty.trustee, kind=duty.kind)
    duties.settle(work, duty, {"verdict": verdict})
    return None if verdict == FITS else str(verdict)


async def _is_due(session: AsyncSession, duty: Duty, document: documents.Keyset, trustee: Trustee) -> bool:
    if trustee.body == SUPERVISOR or document.release.event in DRAWS:
        return False
    known = select(func.count()).where(
        Duty.kind == duties.RECORD_KEY, Duty.answer.is_not(None), Duty.answered_at <= duty.asked_at
    )
    return (await session.execute(known)).scalar_one() > 0


def _told(sealed: bytes, signature: bytes) -> Record:
    return {"sealed": b64(sealed), "signature": b64(signature)}
