"""Asking for a supplementary draw: the committee stays, vacant seats are drawn for once alternates have run out (TBR 46)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.standing import committee_draws
from expertpool.draw.supplement import request_supplement as request
from expertpool.draw.tables import Draw
from expertpool.experts.sealing import open_document
from expertpool.recusal.tables import PanelRequest
from expertpool.recusal.ties import AVOIDED
from infra.auth.keys import KeyService
from infra.db.work import Work
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.evaluation.panel import LONGEST_PLACE, Terms, involved, keep_terms, require_time
from trading.evaluation.sizes import check_lead
from trading.regimes.regime import Rule
from trading.sections.actions import own_section, regime_of


async def request_supplement(
    work: Work, keys: KeyService, section_id: str, *, alternates: int, evaluation_at: datetime, place: str
) -> Draw:
    """Ask for the vacant seats. Bodies and persons to avoid are those of the whole draw, and whoever is a party by now.

    `section.unknown`, `panel.not-now`, `panel.place`, what `sizes.check_lead` and the draw's `request_supplement` refuse.
    """
    section = await own_section(work, section_id, "draw.request")
    regime = regime_of(section, work.ctx.mode)
    require_time(section, regime)
    check_lead(work.ctx.now, evaluation_at, regime)
    if not is_written(place, LONGEST_PLACE):
        raise Problem("panel.place", most=LONGEST_PLACE)
    draws = await committee_draws(work.session, section_id)
    codes = {code for draw in draws for code in draw.request["avoid"]} | set(await involved(work.session, section))
    draw = await request(
        work, keys, section_id, alternates=alternates, avoid=sorted(codes), region=section.region,
        step=timedelta(seconds=regime.count(Rule.DRAW_STEP_LIMIT)),
    )  # fmt: skip
    persons = await _persons(work.session, keys, draws)
    await keep_terms(work, keys, draw, draw.request["quota"], Terms(evaluation_at, place, persons=persons))
    return draw


async def _persons(session: AsyncSession, keys: KeyService, draws: Sequence[Draw]) -> tuple[tuple[str, str], ...]:
    """Whom the requests of these draws named to be kept away."""
    found: dict[tuple[str, str], None] = {}
    for asked in [await session.get(PanelRequest, draw.id) for draw in draws]:
        told: Any = {} if asked is None else open_document(keys, AVOIDED, asked.draw, asked.sealed_avoided)
        found.update(dict.fromkeys((name, number) for name, number in told.get("persons", ())))
    return tuple(found)
