"""The procuring entity chooses the winner 定标 after the publicity, signed and with reasons, once (评定分离)."""

from typing import NamedTuple

from infra.auth.certification import refuse_revoked
from infra.auth.signing import verify_signature
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.capacity.queries import require_able
from trading.choice.queries import choice_of
from trading.choice.rules import LONGEST_REASONS, choice_message
from trading.evaluation.tables import Evaluation
from trading.projects.tables import Project
from trading.publication.candidates import candidates_of, most_candidates
from trading.sections.actions import own_section
from trading.sections.states import SectionState
from trading.ways.queries import passed_in, ways_of
from trading.ways.rules import standing


class Signed(NamedTuple):
    """A signature under the choice and the certificate of the key that made it."""

    certificate: bytes
    signature: bytes


async def choose_winner(work: Work, authority: bytes, section_id: str, bid: str, reasons: str, signed: Signed) -> None:
    """Choose one of the candidates that are left; public at once. Whoever drops out afterwards makes a new choice due.

    `choice.entity`, `choice.not-left` where the first in the ranking wins, `choice.not-now`, `choice.made`,
    `choice.candidate`, `choice.reasons`, `capacity.open`, `capacity.lacking`, `signing.…`.
    """
    section = await own_section(work, section_id, "winner.choose")
    project = await work.session.get_one(Project, section.project)
    if project.procuring_entity != work.ctx.actor.organisation:
        raise Problem("choice.entity", section=section_id)
    if not section.by_choice:
        raise Problem("choice.not-left", section=section_id)
    if section.state != SectionState.DETERMINED:
        raise Problem("choice.not-now", section=section_id)
    if await choice_of(work.session, section_id) is not None:
        raise Problem("choice.made", section=section_id)
    evaluation = await work.session.get_one(Evaluation, section_id)
    published = await candidates_of(work.session, evaluation, most_candidates(section, work.ctx.mode))
    if bid not in [one["bid"] for one in standing(published, passed_in(await ways_of(work.session, section_id)))]:
        raise Problem("choice.candidate", bid=bid)
    if not is_written(reasons, LONGEST_REASONS):
        raise Problem("choice.reasons", most=LONGEST_REASONS)
    await require_able(work.session, section_id, bid)
    message = choice_message(section_id, evaluation.digest, bid, reasons)
    signer = verify_signature(authority, signed.certificate, signed.signature, message, work.ctx.now)
    if (await refuse_revoked(work.session, signer)).organisation != project.procuring_entity:
        raise Problem("signing.bad-signature", serial=signer.serial)
    work.record(
        Event.WINNER_CHOSEN,
        section_id,
        section=section_id,
        region=section.region,
        bid=bid,
        reasons=reasons,
        report=b64(evaluation.digest),
        certificate=b64(signed.certificate),
        signature=b64(signed.signature),
    )
