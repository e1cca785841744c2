"""Who controls a body 控股、实际控制: declared by the body itself, by credit code; looked at when judges are screened."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.organisations import checked_credit_code
from infra.auth.permissions import require
from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.kernel.context import Actor
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.evaluation.tables import Controller

LONGEST_NAME, MOST = 100, 20


async def declare_controller(work: Work, code: str, name: str) -> Controller:
    """Declare for one's own body that another company controls it; what was declared before stays (TBR 34, GPR 9, 18).

    `organisation.credit-code` (check digit), `controller.self`, `.name`, `.known`, `.many`.
    """
    body = await _own_body(work)
    code = checked_credit_code(code)
    if code == body.credit_code:
        raise Problem("controller.self")
    if not is_written(name, LONGEST_NAME):
        raise Problem("controller.name", most=LONGEST_NAME)
    standing = await controllers_of(work.session, [body.id])
    if any(one.code == code for one in standing):
        raise Problem("controller.known", code=code)
    if len(standing) >= MOST:
        raise Problem("controller.many", most=MOST)
    declared = Controller(
        id=(known := work.ctx.new_id("controller")),
        organisation=body.id,
        region=body.region,
        code=code,
        name=name.strip(),
        declared_by=work.ctx.actor.id,
        declared_at=work.ctx.now,
    )
    work.session.add(declared)
    work.record(Event.CONTROLLER_DECLARED, known, region=body.region, code=code)
    await work.session.flush()
    return declared


async def end_controller(work: Work, controller: str) -> None:
    """Declare that a company controls one's own body no more; `controller.unknown` for another body's, twice is once."""
    body = await _own_body(work)
    wanted = select(Controller).where(Controller.id == controller, Controller.organisation == body.id)
    found = (await work.session.execute(wanted.with_for_update())).scalar_one_or_none()
    if found is None:
        raise Problem("controller.unknown")
    if found.ended_at is None:
        found.ended_at = work.ctx.now
        work.record(Event.CONTROLLER_ENDED, found.id, region=body.region, code=found.code)


async def controllers_of(session: AsyncSession, bodies: Collection[str]) -> Sequence[Controller]:
    """Which companies control these bodies as they declare it now, by body and credit code."""
    found = select(Controller).where(Controller.organisation.in_(bodies), Controller.ended_at.is_(None))
    return (await session.execute(found.order_by(Controller.organisation, Controller.code))).scalars().all()


async def own_controllers(session: AsyncSession, actor: Actor) -> Sequence[Controller]:
    """All that the actor's body has ever declared, what stands first, then the newest."""
    found = select(Controller).where(Controller.organisation == actor.organisation)
    newest = found.order_by(Controller.ended_at.is_not(None), Controller.declared_at.desc(), Controller.id)
    return (await session.execute(newest)).scalars().all()


async def _own_body(work: Work) -> Organisation:
    """The body acted for, locked: what it declares comes one after the other."""
    actor = work.ctx.actor
    require(actor, "controller.declare")
    return await work.session.get_one(Organisation, actor.organisation, with_for_update=True)
