"""Entering experts who were admitted elsewhere; names and identities are sealed by the key service."""

from collections.abc import Iterable

from expertpool.experts.life import enter
from expertpool.experts.rules import LAW, Profile, Title
from expertpool.experts.sealing import fingerprint, identity_of, name_of
from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService
from infra.db.work import Work

__all__ = ["enter_expert", "fingerprint", "identity_of", "name_of"]


async def enter_expert(
    work: Work,
    keys: KeyService,
    *,
    name: str,
    identity: str,
    employer: str | None,
    specialties: Iterable[str],
    region: str,
) -> Expert:
    """Enter one expert whom another pool had admitted: taken as of equal level with the years the law asks for.

    `identity` is `<type>:<number>`; refuses what `enter` refuses.
    """
    profile = Profile(
        name=name,
        identity=identity,
        phone="",
        email="",
        bank="",
        employer=employer,
        employer_name="",
        title=Title.EQUAL,
        years=LAW.years,
        region=region,
        professions=tuple(specialties),
    )
    return await enter(work, keys, profile, reviewers=None)
