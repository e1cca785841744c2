"""How far each trustee is with a keyset: key given, document signed."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.custody import duties
from infra.custody.tables import Duty, Keyset, Trustee
from web.i18n import N_

BODIES = {
    "agent": N_("Procurement agent"),
    "centre": N_("Trading centre"),
    "supervisor": N_("Supervising body"),
}


class Custodian(NamedTuple):
    """One trustee; `body` is a msgid, the times are None until it has answered."""

    name: str
    body: str
    key_at: datetime | None
    signed_at: datetime | None


async def custodians_of(session: AsyncSession, keyset: Keyset | None) -> list[Custodian]:
    """Every trustee with what it has done for this keyset, in the keyset's order; for none, what they are called."""
    wanted = select(Duty.trustee, Duty.kind, Duty.answered_at).where(
        Duty.subject == (keyset.id if keyset else ""), Duty.kind.in_((duties.KEY, duties.SIGN))
    )
    answered = {(trustee, kind): at for trustee, kind, at in await session.execute(wanted)}
    trustees: list[Trustee] = await duties.trustees(session)
    return [
        Custodian(
            one.name,
            BODIES.get(one.body, one.body),
            answered.get((one.name, duties.KEY)),
            answered.get((one.name, duties.SIGN)),
        )
        for one in trustees
    ]
