"""Each bid gets its label before any judge reads; the commitment to them is logged, the labels are kept wrapped."""

from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.canonical import b64, canonical
from infra.kernel.events import Event
from trading.blind.queries import SECRET
from trading.blind.rules import commitment, make_labels
from trading.blind.tables import BlindLabels
from trading.evaluation.queries import opened_bids
from trading.sections.tables import Section


async def label_bids(work: Work, keys: KeyService, section: Section) -> None:
    """Label the opened bids of a section with blind parts, once; nothing to do for another one, or a second time."""
    require(work.ctx.actor, "bid.label")
    if not section.blind or await work.session.get(BlindLabels, section.id) is not None:
        return
    labels = make_labels([bid.id for bid in await opened_bids(work.session, section.id)], work.ctx.random)
    salt = work.ctx.random(32)
    promised = commitment(salt, section.id, labels)
    sealed = keys.wrap(SECRET, section.id, canonical({"labels": labels, "salt": b64(salt)}), work.ctx.random)
    work.session.add(
        BlindLabels(section=section.id, region=section.region, commitment=promised, sealed=sealed, made_at=work.ctx.now)
    )
    work.record(
        Event.BLIND_LABELLED,
        section.id,
        section=section.id,
        region=section.region,
        commitment=b64(promised),
        parts=section.blind,
    )
