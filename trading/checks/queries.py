"""Reading what the machine checks of a section compare: opened prices, and who and what stood behind each bid."""

from collections import defaultdict
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import KeyService
from infra.auth.registration.states import VersionState
from infra.auth.registration.tables import OrganisationVersion
from infra.auth.tables import Organisation
from infra.db.journal import Line
from infra.kernel.canonical import read
from trading.bidding.tables import Bid
from trading.checks.prices import Limits
from trading.checks.rules import Advice, Likeness, Traits, advice
from trading.checks.tables import CheckRun
from trading.evaluation.controllers import controllers_of
from trading.evaluation.queries import opened_bids
from trading.regimes.regime import Regime, Rule
from trading.sections.tables import Section

PRICE = "price"
SECRET = "machine checks"
JOB = "compare-bids"


async def advice_of(session: AsyncSession, section: Section, regime: Regime) -> Advice:
    """What is found among the opened bids of a section now; prices still sealed are not compared.

    The caller shows it to the committee and to who supervises it, never to bidders.
    """
    bids = await opened_bids(session, section.id)
    prices = {bid.id: Fraction(bid.form[PRICE]) for bid in bids if bid.form is not None and PRICE in bid.form}
    ceiling = None if section.ceiling is None else Fraction(section.ceiling, 100)
    return advice(prices, await _traits(session, bids), limits_of(regime), ceiling, threshold_of(regime))


def limits_of(regime: Regime) -> Limits:
    """The rule set's limits of abnormally low prices."""
    return Limits(*(Fraction(regime.rate(rule)) for rule in (Rule.LOW_MEAN, Rule.LOW_SECOND, Rule.LOW_CEILING)))


def threshold_of(regime: Regime) -> Fraction:
    """The coefficient of variation up to which prices stand suspiciously close."""
    return Fraction(regime.rate(Rule.PRICE_VARIATION))


class Run(NamedTuple):
    """How far the reading of files is, and what it found, None until it is done."""

    done: int
    total: int
    found: dict[str, Any] | None


async def run_of(session: AsyncSession, keys: KeyService, section_id: str) -> Run | None:
    """The section's run, None before it begins. The caller cuts the findings down to what its reader may see."""
    row = await session.get(CheckRun, section_id)
    if row is None:
        return None
    return Run(row.done, row.total, None if row.sealed is None else read(keys.unwrap(SECRET, section_id, row.sealed)))


async def _traits(session: AsyncSession, bids: list[Bid]) -> dict[str, Traits]:
    found: dict[str, dict[Likeness, set[str]]] = {bid.id: defaultdict(set) for bid in bids}
    lines = select(Line.id, Line.actor, Line.address).where(Line.id.in_([bid.line for bid in bids if bid.line]))
    handed = {line: (actor, address) for line, actor, address in await session.execute(lines)}
    heads, controllers = await _behind(session, [bid.bidder for bid in bids])
    for bid in bids:
        shared = found[bid.id]
        actor, address = handed.get(bid.line or 0, (None, None))
        shared[Likeness.PERSON] |= {actor} if actor else set()
        shared[Likeness.ADDRESS] |= {address} if address else set()
        shared[Likeness.HEAD] |= heads.get(bid.bidder, set())
        shared[Likeness.CONTROLLER] |= controllers.get(bid.bidder, set())
    return {
        bid.id: Traits(bid.bidder, {kind: frozenset(values) for kind, values in found[bid.id].items()}) for bid in bids
    }


async def _behind(session: AsyncSession, bidders: list[str]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """By bidder the legal representatives in force, and who controls it (itself, where others name it)."""
    version, heads = OrganisationVersion, defaultdict(set)
    bodies = select(Organisation.id, Organisation.credit_code).where(Organisation.id.in_(bidders))
    codes = {code: body for body, code in await session.execute(bodies)}
    wanted = select(version.credit_code, version.legal_representative).where(
        version.credit_code.in_(codes), version.state == VersionState.ACCEPTED
    )
    for code, name in await session.execute(wanted):
        heads[codes[code]].add(name)
    controllers: dict[str, set[str]] = {body: {code} for code, body in codes.items()}
    for one in await controllers_of(session, bidders):
        controllers[one.organisation].add(one.code)
    return dict(heads), controllers
