"""From draft to published notice: a section's document is frozen, its keyset published, its periods checked."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from infra.auth.permissions import require
from infra.crypto.seal_suite import X25519
from infra.custody.actions import request_keyset
from infra.custody.queries import holders_in_notice
from infra.custody.tables import Keyset
from infra.db.work import Work
from infra.kernel.canonical import b64, digest
from infra.kernel.events import Event
from infra.kernel.money import Fen, yuan
from infra.kernel.problems import Problem
from infra.timers import schedule
from trading.blind.rules import checked_blind, require_blindable
from trading.choice.rules import check_by_choice
from trading.evaluation.method import check_method
from trading.invited.issuing import invited_facts, send_invitations
from trading.notices.actions import publish_notice
from trading.notices.kinds import Category, NoticeKind
from trading.notices.rules import check_fields, check_periods
from trading.notices.tables import Notice
from trading.projects.actions import KINDS
from trading.projects.queries import find_project
from trading.projects.states import ProjectState
from trading.projects.tables import Project
from trading.regimes.regime import PROCUREMENT, Regime, Rule
from trading.regimes.rules import REGIMES
from trading.sections.envelopes import LEAST, LOCKING, SECOND
from trading.sections.queries import category_of, lock_section
from trading.sections.states import LIFE, SectionState
from trading.sections.tables import Document, DocumentVersion, Section
from trading.sections.terms import (
    checked_budget,
    checked_ceiling,
    checked_joint,
    checked_suite,
    checked_title,
    purchase_facts,
)

NUMBER = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,63}")
OPENING_FORM = "opening-form"
PARTS = ("commercial", OPENING_FORM, "technical")
BILL = "bill"
"""A priced bill 已标价工程量清单, where there is one envelope: what it says is prices."""
CLOSING = "section.closed"


async def create_section(
    work: Work,
    project_id: str,
    number: str,
    title: str,
    *,
    ceiling: Fen | None = None,
    budget: Fen | None = None,
    parts: tuple[str, ...] = PARTS,
    suite: str = X25519,
    bidder_factor: bool = False,
    remedy: bool = False,
    two_envelope: bool = False,
    by_choice: bool = False,
    joint: int = 1,
    blind: tuple[str, ...] = (),
    follows: str | None = None,
) -> Section:
    """Add a section to an accepted project; `project.unknown`, `section.code`, `.known`, `.by-choice`, `.follows`."""
    require(work.ctx.actor, "section.create")
    project = await find_project(work.session, work.ctx.actor, project_id)
    if project.state != ProjectState.ACCEPTED:
        raise Problem("project.not-accepted", code=project_id)
    if not NUMBER.fullmatch(number):
        raise Problem("section.code", given=number)
    section_id = f"{project_id}/{number}"
    if await work.session.get(Section, section_id) is not None:
        raise Problem("section.known", section=section_id)
    kind = KINDS[Category(project.category)]
    regime = REGIMES.on(work.ctx.now, kind, mode=work.ctx.mode, region=project.region)
    if by_choice:
        check_by_choice(regime)
    section = Section(
        id=section_id,
        project=project_id,
        region=project.region,
        title=checked_title(title),
        state=SectionState.DRAFT,
        regime=regime.id,
        ceiling=checked_ceiling(ceiling),
        budget=checked_budget(budget, ceiling) if regime.kind == PROCUREMENT else None,
        parts=checked_parts(parts, two_envelope=two_envelope),
        suite=checked_suite(suite),
        bidder_factor=bidder_factor,
        remedy=remedy,
        two_envelope=two_envelope,
        by_choice=by_choice,
        joint=checked_joint(joint),
        blind=checked_blind(blind, parts),
        created_at=work.ctx.now,
        follows=await _failed_before(work, project_id, follows),
    )
    work.session.add(section)
    told = {"title": section.title, **({"follows": follows} if follows else {})}
    work.record(Event.SECTION_CREATED, section_id, section=section_id, region=section.region, **told)
    return section


async def _failed_before(work: Work, project_id: str, section_id: str | None) -> str | None:
    """The section that is called anew: it failed, in the same project; `section.follows`."""
    if not section_id:
        return None
    section = None if "\0" in section_id else await work.session.get(Section, section_id)
    if section is None or section.project != project_id or section.state != SectionState.FAILED:
        raise Problem("section.follows", given=section_id)
    return section_id


async def change_section(
    work: Work,
    section_id: str,
    title: str,
    ceiling: Fen | None,
    parts: tuple[str, ...],
    suite: str | None = None,
    *,
    budget: Fen | None = None,
    bidder_factor: bool | None = None,
    remedy: bool | None = None,
    two_envelope: bool | None = None,
    by_choice: bool | None = None,
    joint: int | None = None,
    blind: tuple[str, ...] | None = None,
) -> None:
    """Change what a section in draft is called, its ceiling, the parts of a bid, their suite, how it opens (None leaves).

    `section.settled` once it is frozen. A keyset of another suite, and that of another number of envelopes, no longer
    counts and must be asked for anew.
    """
    section = await own_section(work, section_id, "section.change")
    if section.state != SectionState.DRAFT:
        raise Problem("section.settled", section=section_id)
    section.title, section.ceiling = checked_title(title), checked_ceiling(ceiling)
    if regime_of(section, work.ctx.mode).kind == PROCUREMENT:
        section.budget = checked_budget(budget, ceiling)
    two = section.two_envelope if two_envelope is None else two_envelope
    section.parts = checked_parts(parts, two_envelope=two)
    if suite is not None and section.suite != checked_suite(suite):
        section.suite, section.keyset, section.second_keyset = suite, None, None
    if two_envelope is not None and section.two_envelope != two_envelope:
        section.two_envelope, section.keyset, section.second_keyset = two_envelope, None, None
    section.bidder_factor = section.bidder_factor if bidder_factor is None else bidder_factor
    section.remedy = section.remedy if remedy is None else remedy
    if by_choice:
        check_by_choice(regime_of(section, work.ctx.mode))
    section.by_choice = section.by_choice if by_choice is None else by_choice
    section.joint = section.joint if joint is None else checked_joint(joint)
    section.blind = checked_blind(tuple(section.blind) if blind is None else blind, parts)
    work.record(Event.SECTION_CHANGED, section_id, section=section_id, region=section.region, title=section.title)


def checked_parts(parts: tuple[str, ...], *, two_envelope: bool = False) -> list[str]:
    """The parts of a bid in order; `section.parts` unless they are known ones with the opening form among them.

    `section.bill` for a priced bill beside technical parts that open before the price.
    """
    if OPENING_FORM not in parts or set(parts) - {*PARTS, BILL}:
        raise Problem("section.parts", parts=", ".join(parts))
    if two_envelope and BILL in parts:
        raise Problem("section.bill")
    return sorted(set(parts))


async def freeze_document(
    work: Work,
    section_id: str,
    *,
    method: dict[str, Any],
    labels: dict[str, Any],
    files: list[dict[str, Any]],
    clauses: Sequence[Sequence[str]] = (),
    examination: Sequence[dict[str, Any]] = (),
) -> Document:
    """Freeze the tender document: afterwards nothing outside it may decide (TBR 49).

    `files` are {name, size, sha256}; the method is the one of design/recompute.md; `clauses` are what a file among them
    says, heading and text; `examination` are the items of the preliminary examination. Refuses what `check_method` refuses.
    """
    section = await own_section(work, section_id, "document.freeze")
    regime = regime_of(section, work.ctx.mode)
    require_blindable(check_method(method, regime, labels, examination).method, section.blind)
    section.state = LIFE.move("freeze", SectionState(section.state), work.ctx.actor.role)
    document = Document(
        section=section_id,
        region=section.region,
        method=method,
        labels=labels,
        examination=[*examination],
        files=files,
        digest=fingerprint(method, labels, files, section.ceiling, examination),
        frozen_at=work.ctx.now,
    )
    work.session.add(document)
    work.session.add(issued(section, document, clauses))
    work.record(
        Event.DOCUMENT_FROZEN,
        section_id,
        section=section_id,
        region=section.region,
        method=method,
        labels=labels,
        files=files,
        ceiling=None if section.ceiling is None else yuan(Fen(section.ceiling)),
        document=b64(document.digest),
        **examined(examination),
    )
    return document


def fingerprint(
    method: dict[str, Any],
    labels: dict[str, Any],
    files: list[dict[str, Any]],
    ceiling: int | None,
    examination: Sequence[dict[str, Any]] = (),
) -> bytes:
    """The SHA-256 that notice, log and bidders know a version of a tender document by."""
    told = None if ceiling is None else yuan(Fen(ceiling))
    return digest({"method": method, "labels": labels, "files": files, "ceiling": told, **examined(examination)})


def examined(examination: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """`{"examination": …}` as it stands in log and fingerprint; nothing where the document has no such items."""
    return {"examination": [*examination]} if examination else {}


def issued(section: Section, document: Document, clauses: Sequence[Sequence[str]]) -> DocumentVersion:
    """The row that keeps the document in force as it is now, for ever."""
    return DocumentVersion(
        section=section.id,
        region=section.region,
        version=document.version or 1,
        method=document.method,
        labels=document.labels,
        examination=document.examination or [],
        files=document.files,
        ceiling=section.ceiling,
        clauses=[list(clause) for clause in clauses],
        digest=document.digest,
        issued_at=document.frozen_at,
    )


async def ask_for_keyset(work: Work, section_id: str, deadline: datetime) -> Keyset:
    """Ask the three trustees for this section's keyset; it must be published before the notice can be.

    Where the section has two envelopes also for that of the second, under the same deadline.
    `section.keyset-fixed` once the notice is out: bids are sealed to the keyset that the notice names.
    """
    section = await own_section(work, section_id, "notice.publish")
    if section.state not in (SectionState.DRAFT, SectionState.READY):
        raise Problem("section.keyset-fixed", section=section_id)
    if deadline.microsecond:
        raise Problem("section.deadline-seconds", deadline=deadline)
    if deadline <= work.ctx.now:
        raise Problem("section.deadline-past", deadline=deadline)
    minimum = regime_of(section, work.ctx.mode).count(Rule.BIDS_MINIMUM)
    keyset = await request_keyset(
        work, section_id, 1, deadline, event=CLOSING, minimum=minimum, region=section.region, suite=section.suite
    )
    section.keyset = keyset.id
    if section.two_envelope:
        second = await request_keyset(
            work, section_id, int(SECOND), deadline, event=LOCKING, minimum=LEAST, region=section.region,
            suite=section.suite,
        )  # fmt: skip
        section.second_keyset = second.id
    return keyset


async def publish_tender(
    work: Work, section_id: str, *, sale_ends: datetime, deadline: datetime, fields: dict[str, str]
) -> Notice:
    """Publish the tender notice 招标公告 once document and keyset stand and the periods hold (TBL 16, 24; TBR 16).

    `section.without-keyset`, `section.keyset-deadline`, `notice.*` refuse; on success the deadline is a legal timer.
    """
    section = await own_section(work, section_id, "notice.publish")
    state = LIFE.move("publish", SectionState(section.state), work.ctx.actor.role)
    # A section is pinned to the rules in force when it is published, not when it was drafted.
    kind = regime_of(section, work.ctx.mode).kind
    regime = REGIMES.on(work.ctx.now, kind, mode=work.ctx.mode, region=section.region)
    keyset = None if section.keyset is None else await work.session.get(Keyset, section.keyset)
    if keyset is None or keyset.digest is None:
        raise Problem("section.without-keyset", section=section_id)
    if keyset.deadline != deadline:
        raise Problem("section.keyset-deadline", keyset=keyset.deadline, deadline=deadline)
    second = await _second_keyset(work, section)
    if section.by_choice:
        check_by_choice(regime)
    check_fields(fields)
    check_periods(regime, work.ctx.now, sale_ends, deadline)
    document = await work.session.get_one(Document, section_id)
    check_method(document.method, regime, document.labels, document.examination)
    section.state, section.published_at, section.deadline = state, work.ctx.now, deadline
    section.regime = regime.id
    await schedule(work, deadline, "section.close", section_id)
    told = purchase_facts(section, await work.session.get_one(Project, section.project), regime)
    told |= await invited_facts(work, section, regime)
    facts = {**fields, **told, **_notice_facts(section, sale_ends, deadline, document, keyset, second)}
    facts["custodians"] = await holders_in_notice(work.session)
    notice = await publish_notice(
        work,
        kind=NoticeKind.TENDER,
        category=category_of(section),
        title=f"{section.title}{'邀请' if section.invited_by else ''}招标公告",
        project=section.title,
        section=section_id,
        region=section.region,
        closes_at=deadline,
        facts=facts,
    )
    work.record(
        Event.NOTICE_PUBLISHED, notice.id, section=section_id, region=section.region, kind=notice.kind,
        title=notice.title, facts=facts,
    )  # fmt: skip
    await send_invitations(work, section)
    return notice


def _notice_facts(
    section: Section, sale_ends: datetime, deadline: datetime, document: Document, keyset: Keyset, second: bytes | None
) -> dict[str, Any]:
    return {
        "sale_ends": stamp(sale_ends),
        "deadline": stamp(deadline),
        "ceiling": None if section.ceiling is None else yuan(Fen(section.ceiling)),
        "document": b64(document.digest),
        "keyset": b64(keyset.digest or b""),
        **({} if second is None else {"second_keyset": b64(second)}),
        "suite": section.suite,
        **({"bidder_factor": "yes"} if section.bidder_factor else {}),
        **({"remedy": "yes"} if section.remedy else {}),
        **({"by_choice": "yes"} if section.by_choice else {}),
        "joint": str(section.joint),
        **({"blind": ", ".join(section.blind)} if section.blind else {}),
        "regime": section.regime,
    }


async def _second_keyset(work: Work, section: Section) -> bytes | None:
    """The digest of the second envelope's keyset, None where there is one envelope; `section.without-keyset`."""
    if not section.two_envelope:
        return None
    keyset = None if section.second_keyset is None else await work.session.get(Keyset, section.second_keyset)
    if keyset is None or keyset.digest is None:
        raise Problem("section.without-keyset", section=section.id)
    return keyset.digest


def regime_of(section: Section, mode: str) -> Regime:
    """The rule set the section is pinned to; a demo rule set is refused outside mode demo."""
    return REGIMES.get(section.regime, mode=mode)


def stamp(at: datetime) -> str:
    """A UTC instant as `YYYY-MM-DDThh:mm:ssZ` (microseconds only where there are any)."""
    return at.strftime("%Y-%m-%dT%H:%M:%S" + (".%f" if at.microsecond else "") + "Z")


async def own_section(work: Work, section_id: str, verb: str) -> Section:
    """The section, locked, if the actor's body runs its project; a stranger's id is unknown."""
    require(work.ctx.actor, verb)
    section = await lock_section(work.session, section_id)
    owners = select(Project.agent, Project.procuring_entity).where(Project.id == section.project)
    if work.ctx.actor.organisation not in (await work.session.execute(owners)).one():
        raise Problem("section.unknown", section=section_id)
    return section
