"""Acceptance of a project by the centre 进场受理."""

import re

from infra.auth.permissions import require
from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.projects.tables import Project

CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,63}")
INVESTMENT_CODE = re.compile(r"\d{4}-\d{6}-\d{2}-\d{2}-\d{6}")


async def accept_project(
    work: Work,
    code: str,
    name: str,
    *,
    procuring_entity: Organisation,
    agent: Organisation,
    category: str = "construction",
    investment_code: str | None = None,
) -> Project:
    """Take a project into the centre under its public code; `project.code`, `project.known` or `project.agent` refuse."""
    require(work.ctx.actor, "project.accept")
    if not CODE.fullmatch(code):
        raise Problem("project.code", given=code)
    if investment_code is not None and not INVESTMENT_CODE.fullmatch(investment_code):
        raise Problem("project.investment-code", given=investment_code)
    if await work.session.get(Project, code) is not None:
        raise Problem("project.known", code=code)
    if procuring_entity.id == agent.id:
        raise Problem("project.agent", name=agent.name)
    project = Project(
        id=code,
        name=name,
        region=procuring_entity.region,
        category=category,
        procuring_entity=procuring_entity.id,
        agent=agent.id,
        investment_code=investment_code,
        accepted_at=work.ctx.now,
    )
    work.session.add(project)
    work.record(
        Event.PROJECT_ACCEPTED,
        code,
        region=project.region,
        name=name,
        procuring_entity=procuring_entity.credit_code,
        agent=agent.credit_code,
    )
    return project
