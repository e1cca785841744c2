"""Versions of an expert's profile: each sealed with a salt, hashed, reasoned and kept for good."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.experts.rules import Profile, read_profile, told
from expertpool.experts.sealing import open_document, seal_document
from expertpool.experts.tables import Expert, ExpertVersion
from infra.auth.keys import KeyService
from infra.db.work import Work
from infra.kernel.canonical import b64, canonical, unb64
from infra.kernel.context import Context

LABEL = "expert version"
BEFORE = "entered before versions were kept"
_HEADER = b"expert-version/v1\0"


class Difference(NamedTuple):
    """One field of two versions, each as lines of text."""

    field: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether the two say something else."""
        return self.before != self.after


def add_version(work: Work, keys: KeyService, expert: Expert, profile: Profile, reason: str) -> ExpertVersion:
    """The next version under `expert.version`, which the caller has counted up; the reason is checked before."""
    version = ExpertVersion(**version_row(work.ctx, keys, (expert.id, expert.version), profile, reason))
    work.session.add(version)
    return version


def version_row(ctx: Context, keys: KeyService, of: tuple[str, int], profile: Profile, reason: str) -> dict[str, Any]:
    """The columns of one version of (expert, number), sealed with a fresh salt."""
    salt, version_id = ctx.random(32), ctx.new_id("expert-version")
    document = {"salt": b64(salt), "profile": told(profile)}
    return {
        "id": version_id,
        "region": profile.region,
        "expert": of[0],
        "number": of[1],
        "sealed": seal_document(keys, LABEL, version_id, document, ctx.random),
        "digest": digest_of(salt, profile),
        "changed_by": ctx.actor.id,
        "reason": reason,
        "at": ctx.now,
    }


def digest_of(salt: bytes, profile: Profile) -> bytes:
    """SHA-256("expert-version/v1" ‖ 00 ‖ salt32 ‖ canonical profile), which the public log holds."""
    return sha256(_HEADER + salt + canonical(told(profile))).digest()


def profile_of(keys: KeyService, version: ExpertVersion) -> Profile:
    """What a version holds, unsealed."""
    return read_profile(_opened(keys, version)["profile"])


def is_whole(keys: KeyService, version: ExpertVersion) -> bool:
    """Whether the sealed profile is the one whose digest stands in the log."""
    document = _opened(keys, version)
    return digest_of(unb64(document["salt"], 32), read_profile(document["profile"])) == version.digest


async def versions_of(session: AsyncSession, expert_id: str) -> Sequence[ExpertVersion]:
    """Every version of an expert, the newest first; none of somebody entered before versions were kept."""
    wanted = select(ExpertVersion).where(ExpertVersion.expert == expert_id).order_by(ExpertVersion.number.desc())
    return (await session.scalars(wanted)).all()


def differences(before: Profile | None, after: Profile) -> list[Difference]:
    """Every field that one of the two profiles fills, in the order in which they are read."""
    old, new = ({} if before is None else lines(before)), lines(after)
    rows = [Difference(field, old.get(field, ()), new[field]) for field in new]
    return [row for row in rows if row.before or row.after]


def lines(profile: Profile) -> dict[str, tuple[str, ...]]:
    """Each field of a profile as lines of text."""
    found: dict[str, tuple[str, ...]] = {}
    for field, value in told(profile).items():
        rows = value if isinstance(value, list) else [] if value in (None, "") else [value]
        found[field] = tuple(" · ".join(filter(None, row)) if isinstance(row, list) else str(row) for row in rows)
    return found


def _opened(keys: KeyService, version: ExpertVersion) -> dict[str, Any]:
    found: dict[str, Any] = open_document(keys, LABEL, version.id, version.sealed)
    return found
