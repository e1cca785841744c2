"""The workbench of a pool office: applications that wait for a review, appraisals that come due."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.experts.register import application_queue, appraisals_due
from expertpool.experts.states import ApplicationState
from infra.kernel.context import Actor
from web.desk.todo import Todo
from web.i18n import N_

_REVIEWS = {
    ApplicationState.SUBMITTED: N_("First review of applications to the pool: %(n)s wait"),
    ApplicationState.FIRST_PASSED: N_("Second review of applications to the pool: %(n)s wait"),
}


async def todos_of_the_pool(session: AsyncSession, actor: Actor, now: datetime) -> list[Todo]:
    """Both queues of the region, and the appraisals that are due within fifteen days; what is empty is left out."""
    found = []
    for state, text in _REVIEWS.items():
        queue = await application_queue(session, actor, states=[state], newest_first=False, page=1)
        found.append(Todo(text, "", f"/pool/applications?state={state}", number=queue.total))
    due = await appraisals_due(session, actor, now, 1)
    first = due.items[0].valid_until if due.items else None
    text = N_("Yearly appraisals that are due: %(n)s")
    found.append(Todo(text, "", "/pool/appraisals", until=first, number=due.total))
    return [one for one in found if one.number]
