"""The procuring entity examines the bids' qualification after the opening: every item of every bid, signed, once (M87 44)."""

from typing import Any

from infra.auth.certification import refuse_revoked
from infra.auth.signing import verify_signature
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.evaluation.queries import opened_bids
from trading.examination.rules import check_answers
from trading.opening.queries import require_files_checked
from trading.projects.tables import Project
from trading.qualification.queries import purchaser_items, qualification_of
from trading.qualification.rules import TOO_FEW_QUALIFIED, qualification_message, unqualified
from trading.regimes.regime import Rule
from trading.sections.actions import own_section, regime_of
from trading.sections.failing import announce_failure
from trading.sections.states import LIFE, SectionState
from trading.sections.tables import Section


async def examine_qualification(
    work: Work, authority: bytes, section_id: str, answers: Any, certificate: bytes, signature: bytes
) -> None:
    """Sign who qualified and who did not, with reasons; fewer than three left are not evaluated, and the section fails.

    `answers`: bid → item → `pass` or {reason, pages}. `qualification.entity` refuses another body, `.none` where there is
    nothing to examine, `.examined` a second time, `.not-now` at another time; `examination.…`, `signing.…`.
    """
    section = await own_section(work, section_id, "qualification.examine")
    project = await work.session.get_one(Project, section.project)
    if project.procuring_entity != work.ctx.actor.organisation:
        raise Problem("qualification.entity", section=section_id)
    if await qualification_of(work.session, section_id) is not None:
        raise Problem("qualification.examined", section=section_id)
    if section.state != SectionState.OPENED:
        raise Problem("qualification.not-now", section=section_id)
    items = await purchaser_items(work.session, section)
    if not items:
        raise Problem("qualification.none", section=section_id)
    await require_files_checked(work.session, section_id)
    bids = [bid.id for bid in await opened_bids(work.session, section_id)]
    check_answers(answers, items, bids)
    message = qualification_message(section_id, answers)
    signer = verify_signature(authority, certificate, signature, message, work.ctx.now)
    if (await refuse_revoked(work.session, signer)).organisation != project.procuring_entity:
        raise Problem("signing.bad-signature", serial=signer.serial)
    rejected = unqualified(items, answers)
    work.record(
        Event.QUALIFICATION_EXAMINED,
        section_id,
        section=section_id,
        region=section.region,
        answers=answers,
        rejected=rejected,
        certificate=b64(certificate),
        signature=b64(signature),
    )
    left = len(bids) - len(rejected)
    if left < regime_of(section, work.ctx.mode).count(Rule.VALID_BIDS_MINIMUM):
        await _fail(work, section, left)


async def _fail(work: Work, section: Section, left: int) -> None:
    rule = regime_of(section, work.ctx.mode).parameter(Rule.VALID_BIDS_MINIMUM)
    section.state = LIFE.move("fail", SectionState(section.state), work.ctx.actor.role)
    section.failed_why = TOO_FEW_QUALIFIED
    work.record(
        Event.SECTION_FAILED,
        section.id,
        section=section.id,
        region=section.region,
        reason=TOO_FEW_QUALIFIED,
        remaining=left,
        minimum=rule.value,
    )
    await announce_failure(work, section, bids=left, source=rule.source)
