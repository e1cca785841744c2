"""The procuring entity decides how a result goes on that cannot stand: signed, with reasons, one step at a time (TBR 55)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from infra.auth.certification import refuse_revoked
from infra.auth.keys import KeyService
from infra.auth.signing import verify_signature
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from infra.timers import schedule
from trading.capacity.queries import require_able
from trading.evaluation.again import require_reopenable, set_aside
from trading.evaluation.tables import Evaluation
from trading.notices.actions import publish_notice
from trading.notices.kinds import Category, NoticeKind
from trading.notices.rules import publicity_window
from trading.notices.tables import Notice
from trading.objections.actions import PUBLICITY_RESUMED
from trading.objections.queries import objections_of, open_ones, upheld_ones
from trading.projects.tables import Project
from trading.publication.candidates import candidates_of, most_candidates
from trading.regimes.regime import Rule
from trading.sections.actions import own_section, regime_of, stamp
from trading.sections.failing import announce_failure
from trading.sections.queries import category_of
from trading.sections.states import LIFE, SectionState
from trading.sections.tables import Section
from trading.ways.queries import passed_in, ways_of
from trading.ways.rules import (
    LONGEST_REASONS,
    NO_AWARD,
    Grounds,
    Way,
    causes_of,
    check_next,
    standing,
    unanswered,
    way_message,
)


class Signed(NamedTuple):
    """A signature under the decision and the certificate of the key that made it."""

    certificate: bytes
    signature: bytes


class _Held(NamedTuple):
    section: Section
    evaluation: Evaluation
    candidates: list[dict[str, Any]]
    passed: tuple[str, ...]
    grounds: Grounds
    decided: int


async def pass_over(
    work: Work, authority: bytes, section_id: str, bid: str, cause: str, reasons: str, signed: Signed
) -> Notice:
    """A candidate drops out, and those who are left are published anew: a new publicity begins (TBR 54, 55).

    `way.entity`, `way.not-now`, `way.objection-open`, `way.cause`, `way.reasons`, `way.candidate`, `way.nobody-left`,
    `signing.…`.
    """
    held = await _hold(work, section_id, "pass-over", cause, reasons, bid=bid)
    check_next(held.candidates, held.passed, bid)
    told = await _signed(work, authority, held, Way.NEXT, bid, signed)
    section, regime = held.section, regime_of(held.section, work.ctx.mode)
    section.state = LIFE.move("pass-over", SectionState(section.state), work.ctx.actor.role)
    section.publicity_ends = publicity_window(regime, work.ctx.now).end
    # A timer that is done cannot be set again: each new publicity has its own.
    await schedule(work, section.publicity_ends, PUBLICITY_RESUMED, f"{section_id}#W{held.decided + 1}")
    left = standing(held.candidates, (*held.passed, bid))
    dropped = next(one for one in held.candidates if one["bid"] == bid)
    notice = await publish_notice(
        work,
        kind=NoticeKind.CANDIDATES,
        category=Category.CONSTRUCTION,
        title=f"{section.title}中标候选人变更公示",
        project=section.title,
        section=section_id,
        region=section.region,
        closes_at=section.publicity_ends,
        candidates=left,
        facts={
            "publicity_ends": stamp(section.publicity_ends),
            "source": regime.parameter(Rule.PUBLICITY).source,
            "passed": f"{dropped['bidder']}: {held.grounds.reasons}",
        },
    )
    work.record(
        Event.CANDIDATE_PASSED_OVER,
        section_id,
        section=section_id,
        region=section.region,
        bid=bid,
        publicity_ends=stamp(section.publicity_ends),
        **told,
    )
    return notice


async def retender(work: Work, authority: bytes, section_id: str, cause: str, reasons: str, signed: Signed) -> None:
    """Nobody is awarded, and the tender may be called anew 重新招标: the failure is published with its reasons (TBR 55).

    `way.entity`, `way.not-now`, `way.objection-open`, `way.cause`, `way.reasons`, `signing.…`.
    """
    held = await _hold(work, section_id, "fail", cause, reasons, Way.RETENDER)
    told = await _signed(work, authority, held, Way.RETENDER, None, signed)
    section, left = held.section, len(standing(held.candidates, held.passed))
    section.state = LIFE.move("fail", SectionState(section.state), work.ctx.actor.role)
    section.failed_why = NO_AWARD
    work.record(
        Event.SECTION_FAILED, section_id, section=section_id, region=section.region, reason=NO_AWARD, remaining=left,
        **told,
    )  # fmt: skip
    source = regime_of(section, work.ctx.mode).parameter(Rule.DROP_OUT_CAUSES).source
    await announce_failure(work, section, bids=left, text=held.grounds.reasons, source=source)


async def reevaluate(
    work: Work, authority: bytes, keys: KeyService, section_id: str, cause: str, reasons: str, signed: Signed
) -> Notice:
    """The original committee evaluates again 复评: the evaluation is set aside as it stands, and every judge marks anew.

    As `retender`, and `way.known` where marks could not be given anew as blindly as before.
    """
    held = await _hold(work, section_id, "reevaluate", cause, reasons, Way.REEVALUATE)
    require_reopenable(held.section)
    told = await _signed(work, authority, held, Way.REEVALUATE, None, signed)
    section, regime = held.section, regime_of(held.section, work.ctx.mode)
    section.state = LIFE.move("reevaluate", SectionState(section.state), work.ctx.actor.role)
    section.publicity_ends, section.marking_until = None, None
    number = await set_aside(work, keys, section, held.evaluation)
    work.record(Event.EVALUATION_REOPENED, section_id, section=section_id, region=section.region, **told)
    return await publish_notice(
        work,
        kind=NoticeKind.AMENDMENT,
        category=category_of(section),
        title=f"{section.title}重新评审公告",
        project=section.title,
        section=section_id,
        region=section.region,
        facts={
            "source": regime.parameter(Rule.REEVALUATION_CAUSES).source,
            "set_aside": f"第 {number} 次评标的结果：{held.grounds.reasons}",
        },
    )


async def _hold(
    work: Work, section_id: str, verb: str, cause: str, reasons: str, way: Way = Way.NEXT, bid: str | None = None
) -> _Held:
    """The section of the actor's own procuring entity, with what a decision must rest on now."""
    section = await own_section(work, section_id, "way.decide")
    project = await work.session.get_one(Project, section.project)
    if project.procuring_entity != work.ctx.actor.organisation:
        raise Problem("way.entity", section=section_id)
    if section.state not in (SectionState.PUBLICITY, SectionState.DETERMINED):
        raise Problem("way.not-now", section=section_id)
    LIFE.move(verb, SectionState(section.state), work.ctx.actor.role)
    objections = await objections_of(work.session, section_id)
    if waiting := open_ones(objections):
        raise Problem("way.objection-open", number=waiting[0].number)
    ways, regime = await ways_of(work.session, section_id), regime_of(section, work.ctx.mode)
    numbers = unanswered([one.number for one in upheld_ones(objections)], [one.objections for one in ways])
    unable = (await require_able(work.session, section_id)).incapable
    if cause not in causes_of(regime, numbers, way, incapable=bid in unable if bid else bool(unable)):
        raise Problem("way.cause", section=section_id)
    if not is_written(reasons, LONGEST_REASONS):
        raise Problem("way.reasons", most=LONGEST_REASONS)
    evaluation = await work.session.get_one(Evaluation, section_id)
    found = await candidates_of(work.session, evaluation, most_candidates(section, work.ctx.mode))
    return _Held(section, evaluation, found, passed_in(ways), Grounds(cause, numbers, reasons), len(ways))


async def _signed(
    work: Work, authority: bytes, held: _Held, way: Way, bid: str | None, signed: Signed
) -> Mapping[str, Any]:
    """What is told of the decision once the procuring entity's own key has signed it; `signing.…`."""
    project = await work.session.get_one(Project, held.section.project)
    message = way_message(held.section.id, held.evaluation.digest, way, bid, held.grounds)
    signer = verify_signature(authority, signed.certificate, signed.signature, message, work.ctx.now)
    if (await refuse_revoked(work.session, signer)).organisation != project.procuring_entity:
        raise Problem("signing.bad-signature", serial=signer.serial)
    return {
        "cause": held.grounds.cause,
        "objections": list(held.grounds.objections),
        "reasons": held.grounds.reasons,
        "report": b64(held.evaluation.digest),
        "certificate": b64(signed.certificate),
        "signature": b64(signed.signature),
    }
