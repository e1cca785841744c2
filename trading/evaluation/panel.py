"""Asking for a committee 评标委员会: a lawful number, drawn at random when the rules allow it (TBL 37, TBR 46)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.directory.one_body import all_codes
from expertpool.draw import actions as draws
from expertpool.draw.ordering import order_draw
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Seat
from expertpool.experts.sealing import seal_document
from expertpool.recusal.tables import PanelRequest
from expertpool.recusal.ties import AVOIDED
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.money import Fen
from infra.kernel.problems import Problem
from infra.timers import schedule
from trading.bidding.tables import Bid
from trading.evaluation.controllers import controllers_of
from trading.evaluation.sizes import check_lead, check_size
from trading.projects.tables import Project
from trading.regimes.regime import Regime, Rule
from trading.sections.actions import own_section, regime_of, stamp
from trading.sections.queries import lock_section
from trading.sections.states import SectionState
from trading.sections.tables import Section

SIGN_IN = "seats.due"
LONGEST_PLACE = 120


class Terms(NamedTuple):
    """When and where the committee is to meet, and which persons stay away, each `(name, identity or "")`.

    `place` is a building and a desk, never a room: whoever is drawn reads it before signing in.
    """

    evaluation_at: datetime
    place: str
    remote: bool = False
    persons: tuple[tuple[str, str], ...] = ()


async def request_panel(
    work: Work,
    section_id: str,
    *,
    quota: Mapping[str, int],
    alternates: int,
    avoid: Sequence[str] = (),
    keys: KeyService | None = None,
    terms: Terms | None = None,
    representatives: int = 0,
) -> Draw:
    """Ask for the section's judges by specialty. Its parties, and once opened its bidders, are avoided by themselves.

    `section.unknown` for a stranger's, `panel.not-now`, what `sizes` and `request_draw` refuse, `panel.place`.
    `avoid` are further credit codes; `keys` seal the persons of `terms`. Seats of `representatives` stand behind the
    experts' and count for the size; who takes them is named once the draw is made (`representatives`).
    """
    section = await own_section(work, section_id, "draw.request")
    regime = regime_of(section, work.ctx.mode)
    require_time(section, regime)
    check_size(
        sum(quota.values()), representatives, regime.parameters,
        budget=None if section.ceiling is None else Fen(section.ceiling),
    )  # fmt: skip
    if terms is not None:
        check_lead(work.ctx.now, terms.evaluation_at, regime)
        if not is_written(terms.place, LONGEST_PLACE):
            raise Problem("panel.place", most=LONGEST_PLACE)
    codes = {*avoid, *await involved(work.session, section)}
    draw = await draws.request_draw(
        work, section_id, quota=quota, alternates=alternates, avoid=sorted(codes), region=section.region,
        representatives=representatives, step=timedelta(seconds=regime.count(Rule.DRAW_STEP_LIMIT)),
    )  # fmt: skip
    if terms is not None:
        assert keys is not None
        await keep_terms(work, keys, draw, quota, terms)
    return draw


async def keep_terms(work: Work, keys: KeyService, draw: Draw, quota: Mapping[str, int], terms: Terms) -> None:
    """When and where the committee of this draw is to meet, and, sealed, whom to keep away."""
    asked = await work.session.get(PanelRequest, draw.id) or PanelRequest(draw=draw.id, region=draw.region)
    asked.needs, asked.asked_at = dict(quota), work.ctx.now
    asked.representatives = draw.request.get("representatives", 0)
    persons = {"persons": [list(one) for one in terms.persons]}
    asked.sealed_avoided = seal_document(keys, AVOIDED, draw.id, persons, work.ctx.random)
    asked.evaluation_at, asked.place, asked.remote = terms.evaluation_at, terms.place.strip(), terms.remote
    draw.evaluation_at = terms.evaluation_at
    work.session.add(asked)
    await work.session.flush()


async def allow_redraw(
    work: Work,
    authority: bytes,
    section_id: str,
    reason: str,
    certificate: bytes,
    signature: bytes,
    *,
    supplement: bool = False,
) -> None:
    """The supervisor lets a section be drawn for again; `panel.not-now` once marks are published, and see `draws`."""
    require(work.ctx.actor, "redraw.allow")
    section = await lock_section(work.session, section_id)
    require_time(section, regime_of(section, work.ctx.mode))
    await draws.allow_redraw(work, authority, section_id, reason, certificate, signature, supplement=supplement)


async def order_panel(work: Work, section_id: str) -> None:
    """Order the draw that was asked for last, while the evaluation it is for is near enough: see `order_draw`.

    The guards of the request hold at this moment too, with their articles: `panel.not-now`, `panel.past`,
    `panel.too-early`. `draw.unknown` where nothing was asked for.
    """
    require(work.ctx.actor, "draw.order")
    section = await lock_section(work.session, section_id)
    regime = regime_of(section, work.ctx.mode)
    require_time(section, regime)
    last = select(Draw).where(Draw.section == section_id).order_by(Draw.number.desc()).limit(1)
    draw = (await work.session.execute(last)).scalar_one_or_none()
    if draw is None:
        raise Problem("draw.unknown", draw=section_id)
    if draw.evaluation_at is not None:
        check_lead(work.ctx.now, draw.evaluation_at, regime)
    await order_draw(work, draw.id)


async def appoint_sign_in(work: Work, section_id: str, at: datetime) -> None:
    """The centre sets when judges must have signed in; whoever is absent then is replaced by the system.

    `sign-in.past` for a time gone by, `sign-in.running` while an earlier one still runs, `draw.unknown` before the draw.
    """
    require(work.ctx.actor, "sign-in.appoint")
    section = await lock_section(work.session, section_id)
    held = select(Seat.draw).where(Seat.section == section_id)
    drawn = select(Draw).where(Draw.id.in_(held), Draw.state == DrawState.REVEALED).order_by(Draw.number.desc())
    seating = (await work.session.execute(drawn)).scalars().all()
    if not seating:
        raise Problem("draw.unknown", draw=section_id)
    if at <= work.ctx.now:
        raise Problem("sign-in.past", at=at)
    for draw in seating:
        if draw.sign_in_by is not None and draw.sign_in_by > work.ctx.now:
            raise Problem("sign-in.running", until=draw.sign_in_by)
        draw.sign_in_by = at
    await schedule(work, at, SIGN_IN, f"{section_id}@{stamp(at)}")
    work.record(Event.SIGN_IN_APPOINTED, seating[0].id, section=section_id, region=section.region, by=stamp(at))


def require_time(section: Section, regime: Regime) -> None:
    """`panel.not-now`: a panel is drawn when the rule set says, and again while it judges."""
    allowed = (*regime.words(Rule.DRAW_STATES), SectionState.EVALUATING)
    if section.state not in allowed:
        source = regime.parameter(Rule.DRAW_STATES).source
        raise Problem("panel.not-now", state=section.state, allowed=", ".join(allowed), source=source)


async def involved(session: AsyncSession, section: Section) -> list[str]:
    """Credit codes of the procuring entity, the agent and, after the opening, the bidders, and of who controls one of them.

    Of a body that was merged, every code it is known under today (GPR 9, TBR 46).
    """
    party = select(Project.id).where(
        Project.id == section.project,
        or_(Project.agent == Organisation.id, Project.procuring_entity == Organisation.id),
    )
    bids = select(Bid.id).where(Bid.section == section.id, Bid.bidder == Organisation.id, Bid.form.is_not(None))
    found = [party.exists()] if section.opened_at is None else [party.exists(), bids.exists()]
    rows = (await session.execute(select(Organisation.id, Organisation.credit_code).where(or_(*found)))).all()
    controlling = await controllers_of(session, [body for body, _ in rows])
    return sorted(await all_codes(session, {*(code for _, code in rows), *(one.code for one in controlling)}))
