"""Experts for tests: rows as the directory sees them, without their sealed parts being anybody's."""

from collections.abc import Sequence

from sqlalchemy import insert

from expertpool.experts.sealing import IDENTITY_LABEL, NAME, fingerprint, name_tag, phone_tag, seal_text
from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService
from infra.db.work import Database
from infra.edge import random_bytes, utc_now
from infra.kernel.context import SYSTEM

KEYS = KeyService(bytes(32))
CITY, OTHER_CITY, FAR = "429900", "420100", "330100"
WORKS, COST, DEEP = "A08", "A06", "A0804"


async def put(
    database: Database,
    number: int,
    *,
    specialties: Sequence[str] = (WORKS,),
    employer: str | None = None,
    region: str = CITY,
    state: str = "active",
    available: bool = True,
    title: str = "senior",
) -> str:
    """One expert, entered straight into the table; the id, which grows with the number."""
    expert = f"expert-{number:04d}"
    identity, name, phone = f"resident:DEMO{number:06d}", f"专家{number}", f"1380000{number:04d}"
    row = {
        "id": expert,
        "region": region,
        "name": seal_text(KEYS, NAME, expert, name, random_bytes),
        "identity": seal_text(KEYS, IDENTITY_LABEL, expert, identity, random_bytes),
        "fingerprint": fingerprint(KEYS, identity),
        "name_tag": name_tag(KEYS, name),
        "phone_tag": phone_tag(KEYS, phone),
        "number": f"E-{region}-{number:06d}",
        "employer": employer,
        "specialties": list(specialties),
        "state": state,
        "available": available,
        "title": title,
        "entered_at": utc_now(),
    }
    async with database.work(SYSTEM) as work:
        await work.session.execute(insert(Expert), [row])
    return expert
