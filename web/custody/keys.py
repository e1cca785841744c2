"""The public page of those who hold the keys: names, bodies, fingerprints; nothing about who is at the machine just now."""

from hashlib import sha256

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler

from infra.custody.actions import THRESHOLD
from infra.custody.policy import published_policy
from infra.custody.queries import holders
from infra.trustee.duties import BODIES as NEEDED
from web.custody.words import BODIES
from web.render import page
from web.state import Stack
from web.visit import Visit
from web.wiring import LOG_NAME


@get("/keys", opt={"audience": "public"})
async def key_holders(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Who holds the keys of this platform's sections, and how to make sure of it."""
    async with stack.database.reading() as session:
        found = await holders(session)
        policy = await published_policy(session, stack.keys, LOG_NAME) if len(found) == len(NEEDED) else None
    prints = {one.trustee.name: sha256(one.trustee.signer).hexdigest() for one in found}
    return page(
        visit, "custody/keys.html", demo=stack.demo, found=found, prints=prints, bodies=BODIES, threshold=THRESHOLD,
        all=len(NEEDED), policy=None if policy is None else sha256(policy.encode()).hexdigest(),
    )  # fmt: skip


HANDLERS: list[ControllerRouterHandler] = [key_holders]
