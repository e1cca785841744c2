"""What stands in a section's evidence file, gathered from the journal and the rows it speaks of.

Invariant: of bids that nobody may open the file holds the hashes in the frozen list and nothing else. Signature and
certificate hash in a bid's own event would name its bidder to whoever holds that certificate from another section.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.evidence_file import draw_file
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw
from infra.auth.keys import PlatformKeys
from infra.custody.policy import published_policy
from infra.db.journal import Line
from infra.jobs import NotYetError
from infra.kernel.canonical import b64, canonical
from infra.kernel.events import Event, Opens
from infra.objects import Objects
from infra.tlog import evidence as proofs
from infra.tlog.tables import Checkpoint, TimeToken
from trading.archive.report import readable
from trading.archive.verify_times import BOUND, TOKENS
from trading.bidding.tables import Bid
from trading.evaluation.tables import Evaluation
from trading.notices.kinds import NoticeKind
from trading.notices.tables import Notice
from trading.opening.rules import TOO_FEW_BIDS
from trading.regimes.regime import DEMO, Rule
from trading.regimes.rules import REGIMES
from trading.review.queries import review_of
from trading.sections.tables import Section

LISTED = ("submitted", "replaced", "withdrawn", "opened", "unopened")


async def members_of(
    session: AsyncSession, objects: Objects, keys: PlatformKeys, log_name: str, section: Section
) -> dict[str, bytes]:
    """Every member but index and seal, by name; `NotYetError` while an event of the section is not co-signed."""
    lines = await _lines(session, section)
    not_before = await _not_before(session, section, lines)
    events = [await event_member(session, line, not_before.get(Event(line.event))) for line in lines]
    found: dict[str, bytes] = {
        "policy.txt": (await published_policy(session, keys, log_name)).encode(),
        "events.json": canonical(events),
    }
    if tokens := await time_tokens(session, lines):
        found[TOKENS] = canonical(tokens)
    if section.failed_why != TOO_FEW_BIDS:
        found |= await _manifests(session, section.id)
    found |= await _draws(session, objects, keys, section.id)
    if section.failed_why is not None:
        found["failure.json"] = canonical(await _failure(session, section.id))
    evaluation = await session.get(Evaluation, section.id)
    evidence = None if evaluation is None else evaluation.evidence
    if evidence is not None:
        found["evaluation.json"] = canonical(evidence)
    found["report.html"] = readable(section.id, section.title, events, evidence).encode()
    return found


async def _not_before(session: AsyncSession, section: Section, lines: Sequence[Line]) -> dict[Event, datetime | None]:
    """What the quorum's own clocks must have shown for the events that a period had to be over for."""
    regime = REGIMES.get(section.regime, mode=DEMO)
    found = {Event.SECTION_CLOSED: section.deadline}
    if not regime.reviewed:
        return found | dict.fromkeys((Event.PUBLICITY_ENDED, Event.AWARD_PUBLISHED), section.publicity_ends)
    reported = (await review_of(session, section.id)).reported
    if reported and any(one.event == Event.WINNER_DETERMINED and one.facts["silent"] for one in lines):
        found[Event.WINNER_DETERMINED] = regime.end(reported, Rule.REPORT_REVIEW)
    return found


async def event_member(session: AsyncSession, line: Line, earliest: datetime | None = None) -> dict[str, Any]:
    """One event as evidence: preimage, salt, proof under its first co-signed checkpoint, and the opening of its link.

    With `earliest` the quorum's own clocks must have shown that time: a trustee's may lag behind ours.
    """
    shown = await proofs.evidence(session, line, earliest=earliest)
    if shown is None or line.link_salt is None or line.previous is None:
        raise NotYetError(f"journal line {line.id} is not co-signed yet")
    opening = {"salt": b64(line.link_salt), "number": line.number, "previous": b64(line.previous)}
    return {**shown, "link": opening}


async def time_tokens(session: AsyncSession, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """For each event that binds, each authority's first token over a checkpoint that holds it; none is waited for."""
    bound = [line for line in lines if line.event in BOUND and line.leaf is not None]
    if not bound:
        return []
    stamped = select(TimeToken, Checkpoint).join(Checkpoint, Checkpoint.size == TimeToken.size)
    after = stamped.where(TimeToken.size > min(line.leaf or 0 for line in bound)).order_by(TimeToken.size)
    tokens = [(token, checkpoint) for token, checkpoint in await session.execute(after)]
    rows = []
    for line in bound:
        first: dict[str, tuple[TimeToken, Checkpoint]] = {}
        for token, checkpoint in tokens:
            if token.size > (line.leaf or 0):
                first.setdefault(token.authority, (token, checkpoint))
        for name, (token, checkpoint) in sorted(first.items()):
            proof = (await proofs.proof_under(session, line, checkpoint))["proof"]
            rows.append({"number": line.number, "authority": name, "proof": proof, "token": b64(token.token)})
    return rows


async def _lines(session: AsyncSession, section: Section) -> list[Line]:
    found = select(Line).where(Line.section == section.id, Line.salt.is_not(None)).order_by(Line.number)
    lines = list((await session.execute(found)).scalars())
    if section.failed_why != TOO_FEW_BIDS:
        return lines
    closed = next(place for place, line in enumerate(lines) if line.event == Event.SECTION_CLOSED)
    told = [line for line in lines[:closed] if Event(line.event).kind.opens is not Opens.SECTION_CLOSED]
    return [*told, *lines[closed:]]


async def _manifests(session: AsyncSession, section_id: str) -> dict[str, bytes]:
    rows = select(Bid).where(Bid.section == section_id, Bid.state.in_(LISTED)).order_by(Bid.id)
    return {
        f"bids/{bid.id}.json": canonical(
            {
                "manifest": bid.manifest,
                "signature": b64(bid.signature),
                "certificate": b64(bid.certificate),
                **_second(bid),
            }
        )
        for bid in (await session.execute(rows)).scalars()
    }


def _second(bid: Bid) -> dict[str, Any]:
    """The second envelope's manifest and signature, where there is one."""
    if bid.second_manifest is None or bid.second_signature is None:
        return {}
    return {"second": {"manifest": bid.second_manifest, "signature": b64(bid.second_signature)}}


async def _failure(session: AsyncSession, section_id: str) -> dict[str, Any]:
    """The notice of the failure as it was first published."""
    found = select(Notice).where(
        Notice.section == section_id, Notice.kind == NoticeKind.FAILED, Notice.corrects.is_(None)
    )
    notice = (await session.execute(found)).scalar_one()
    return {
        "kind": notice.kind,
        "title": notice.title,
        "project": notice.project,
        "section": notice.section,
        "facts": notice.facts,
    }


async def _draws(session: AsyncSession, objects: Objects, keys: PlatformKeys, section_id: str) -> dict[str, bytes]:
    done = (DrawState.REVEALED, DrawState.DISCLOSED)
    rows = select(Draw).where(Draw.section == section_id, Draw.state.in_(done)).order_by(Draw.number)
    found: dict[str, bytes] = {}
    for draw in (await session.execute(rows)).scalars():
        async with draw_file(session, objects, keys.service, draw) as written:
            found[f"draw-{draw.number}.json"] = written.file.read()
    return found
