"""A later deadline 延期: custodians promise not to release a section's key before it, however the section is closed."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.crypto.sign import verify_ed25519
from infra.custody import duties
from infra.custody.actions import signed_keyset, watch_deadline
from infra.custody.tables import Duty, Keyset, Trustee
from infra.db.work import Work
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from infra.trustee.releasing import extension


async def extend_keyset(work: Work, keyset: Keyset, deadline: datetime, line_id: int) -> None:
    """Show every custodian the logged `section.extended` of `line_id` (flushed), whose fact `deadline` is this deadline.

    `deadline` is in whole seconds. Seals stay valid: the keyset's own deadline means *not before*.
    """
    document, stated = signed_keyset(keyset), _stated(deadline)
    for custodian in document.custodians:
        await duties.ask(
            work, custodian.name, duties.EXTEND, f"{keyset.id}/{stated}",
            keyset=b64(document.digest), deadline=stated, lines=[line_id],
        )  # fmt: skip
    await watch_deadline(work, keyset, deadline)


async def take_extension(work: Work, duty: Duty, answer: dict[str, Any]) -> None:
    """A custodian's signed promise for the later deadline; `trustee.answer` where it does not verify."""
    trustee = await work.session.get_one(Trustee, duty.trustee)
    signature = unb64(str(answer.get("signature")), 64)
    promised = extension(unb64(duty.payload["keyset"], 32), duty.payload["deadline"])
    if answer.get("deadline") != duty.payload["deadline"] or not verify_ed25519(trustee.signer, promised, signature):
        raise Problem("trustee.answer", trustee=duty.trustee, kind=duty.kind)
    duties.settle(work, duty, {"deadline": duty.payload["deadline"], "signature": b64(signature)})


async def deadline_in_force(session: AsyncSession, keyset: Keyset) -> datetime:
    """The keyset's own deadline, or the latest one that its custodians were shown."""
    subject = Duty.subject.startswith(f"{keyset.id}/", autoescape=True)
    shown = select(Duty.payload["deadline"].astext).where(Duty.kind == duties.EXTEND, subject)
    stated = [datetime.fromisoformat(one) for one in (await session.execute(shown)).scalars()]
    return max([keyset.deadline, *stated])


def _stated(deadline: datetime) -> str:
    return deadline.strftime("%Y-%m-%dT%H:%M:%SZ")
