"""The rehearsal of a bid: whoever seals in a browser reads the bid kit back before handing in, once for every bid."""

from sqlalchemy.dialects.postgresql import insert

from infra.auth.permissions import require
from infra.crypto.manifest import Manifest
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.bidding.tables import Rehearsal
from trading.bidding.uploads import require_on_time
from trading.sections.queries import public_section

BROWSER = "openhall-web"
"""How `client.version` of a manifest begins that was sealed in a browser; other programs rehearse by themselves."""


async def record_rehearsal(work: Work, section_id: str, digest: bytes) -> bool:
    """Note that the acting bidder has read its kit back for the manifest with this SHA-256; False where it is known.

    Nothing secret is told: neither passphrase nor kit. `section.unknown`, `bid.late`, `bid.bidder`.
    """
    actor = work.ctx.actor
    require(actor, "bid.rehearse")
    if actor.organisation is None:
        raise Problem("bid.bidder")
    section = await public_section(work.session, section_id)
    require_on_time(section.state, section.deadline, work.ctx.now)
    made = insert(Rehearsal).values(
        bidder=actor.organisation, digest=digest, section=section.id, region=section.region, rehearsed_at=work.ctx.now
    )
    new = (await work.session.execute(made.on_conflict_do_nothing().returning(Rehearsal.bidder))).scalar_one_or_none()
    if new is not None:
        work.record(Event.BID_REHEARSED, b64(digest), region=section.region)
    return new is not None


def require_rehearsed(manifest: Manifest, *, rehearsed: bool, factor: bool = False) -> None:
    """`bid.not-rehearsed` for a bid whose kit was never read back and that was sealed in a browser, or whose kit alone
    holds the `factor` without which nobody opens it.
    """
    if (factor or manifest.client.version.startswith(BROWSER)) and not rehearsed:
        raise Problem("bid.not-rehearsed")
