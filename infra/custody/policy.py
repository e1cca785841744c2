"""The platform's published policy: the keys of log, trustees, authority and opening service, as one text file."""

from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import PlatformKeys
from infra.custody import duties
from infra.custody.actions import THRESHOLD
from infra.kernel.problems import Problem
from infra.tlog.note import ED25519, SignerKey, parse_vkey
from infra.tlog.policy import Group, Policy, format_policy
from infra.trustee.duties import BODIES

QUORUM = "trustees"
AUTHORITY = "demo-ca"


def log_key(keys: PlatformKeys, name: str) -> SignerKey:
    """The key that signs checkpoints under the log's name."""
    return SignerKey(name, ED25519, keys.log_signing)


async def published_policy(session: AsyncSession, keys: PlatformKeys, log_name: str) -> str:
    """The policy text; `trustee.missing` until all three bodies are enrolled. Who verifies must get it from elsewhere."""
    trustees = await duties.trustees(session)
    if len(trustees) < len(BODIES):
        raise Problem("trustee.missing", body=", ".join(sorted(set(BODIES) - {one.body for one in trustees})))
    names = tuple(one.name for one in trustees)
    return format_policy(
        Policy(
            log=log_key(keys, log_name).verifier,
            witnesses={one.name: parse_vkey(one.vkey) for one in trustees},
            groups={QUORUM: Group(THRESHOLD, names)},
            quorum=QUORUM,
            custodians={one.name: one.signer for one in trustees},
            authorities={AUTHORITY: keys.authority.public_key},
            opening=keys.opening_public,
            timestamps=keys.time_stamps,
        )
    )
