"""The procuring entity asks the original committee whether a candidate can still perform, before the award notice (TBR 56)."""

from infra.auth.certification import refuse_revoked
from infra.auth.signing import verify_signature
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.capacity.queries import capacity_of
from trading.capacity.rules import LONGEST_REASONS, capacity_message
from trading.evaluation.questions import ASKABLE, next_question
from trading.evaluation.tables import Evaluation
from trading.projects.tables import Project
from trading.publication.candidates import candidates_of, most_candidates
from trading.sections.actions import own_section
from trading.ways.queries import passed_in, ways_of
from trading.ways.rules import standing


async def ask_capacity(
    work: Work, authority: bytes, section_id: str, bid: str, reasons: str, certificate: bytes, signature: bytes
) -> int:
    """Ask about one candidate, with what has changed and what shows it; the award waits for the answer. Gives its number.

    `capacity.entity`, `capacity.not-now`, `capacity.open` while another question waits, `capacity.candidate`,
    `capacity.reasons`, `signing.…`.
    """
    section = await own_section(work, section_id, "capacity.ask")
    project = await work.session.get_one(Project, section.project)
    if project.procuring_entity != work.ctx.actor.organisation:
        raise Problem("capacity.entity", section=section_id)
    if section.state not in ASKABLE:
        raise Problem("capacity.not-now", section=section_id)
    waiting = (await capacity_of(work.session, section_id)).open
    if waiting is not None:
        raise Problem("capacity.open", number=waiting.number)
    evaluation = await work.session.get_one(Evaluation, section_id)
    found = await candidates_of(work.session, evaluation, most_candidates(section, work.ctx.mode))
    if bid not in [one["bid"] for one in standing(found, passed_in(await ways_of(work.session, section_id)))]:
        raise Problem("capacity.candidate", bid=bid[:64])
    if not is_written(reasons, LONGEST_REASONS):
        raise Problem("capacity.reasons", most=LONGEST_REASONS)
    number = await next_question(work.session, section_id)
    message = capacity_message(section_id, evaluation.digest, number, bid, reasons)
    signer = verify_signature(authority, certificate, signature, message, work.ctx.now)
    if (await refuse_revoked(work.session, signer)).organisation != project.procuring_entity:
        raise Problem("signing.bad-signature", serial=signer.serial)
    work.record(
        Event.CAPACITY_ASKED,
        section_id,
        section=section_id,
        region=section.region,
        number=number,
        bid=bid,
        reasons=reasons,
        report=b64(evaluation.digest),
        certificate=b64(certificate),
        signature=b64(signature),
    )
    return number
