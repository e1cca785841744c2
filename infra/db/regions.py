"""Regions kept apart by the database itself: row-level security, beside the queries that ask for the right rows only."""

from typing import Any

from sqlalchemy import ColumnElement, literal, text
from sqlalchemy.orm import InstrumentedAttribute

from infra.db.migrations.regions import OPEN_TO_READ, REGIONAL, policies
from infra.kernel.context import Actor, Role
from infra.kernel.problems import Problem

__all__ = ["OPEN_TO_READ", "REGIONAL", "confined_to", "policies", "refuse_exempt_role", "under", "within"]

CONFINED = frozenset(
    {Role.CENTRE, Role.SUPERVISOR, Role.POOL, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
)
"""Who acts for a region. A bidder, agent or judge acts for a body or a section, wherever it is registered."""

CLOCK = text("SELECT clock_timestamp()")
CLOCK_WITHIN = text("SELECT clock_timestamp(), set_config('openhall.region', :prefix, true)")
SET_WITHIN = text("SELECT set_config('openhall.region', :prefix, true)")


def under(region: str) -> str:
    """What all regions that a GB/T 2260 code covers begin with: a province's or city's trailing pairs of zeros fall off."""
    while region.endswith("00") and len(region) % 2 == 0:
        region = region[:-2]
    return region


def confined_to(actor: Actor) -> str | None:
    """The beginning of the regions an actor is confined to in the database; None for whoever is not."""
    return under(actor.region) if actor.role in CONFINED and actor.region else None


def within(column: InstrumentedAttribute[str], region: str) -> ColumnElement[bool]:
    """The condition that a row's region is this one or below it, for scoped queries."""
    return column.startswith(literal(under(region)), autoescape=False)


async def refuse_exempt_role(connection: Any, mode: str) -> bool:
    """Whether the database's role obeys the policies; outside a demonstration one that does not is refused.

    `database.exempt-role`: a superuser, or a role with BYPASSRLS, sees every region whatever the policies say.
    """
    exempt: bool = await connection.fetchval(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    if exempt and mode != "demo":
        raise Problem("database.exempt-role")
    return not exempt
