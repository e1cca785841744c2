"""A project's way into the centre 进场受理: registered by the procuring side, returned with reasons or accepted."""

import re
from dataclasses import dataclass

from infra.auth.permissions import require
from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.notices.kinds import Category
from trading.projects.queries import lock_project
from trading.projects.states import LIFE, ProjectState
from trading.projects.tables import Project
from trading.regimes.regime import CONSTRUCTION, PROCUREMENT, Regime, Rule
from trading.regimes.rules import REGIMES

CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,63}")
INVESTMENT_CODE = re.compile(r"\d{4}-\d{6}-\d{2}-\d{2}-\d{6}")
LONGEST_NAME = 200
LONGEST_NOTE = 2000
CATEGORIES = (Category.CONSTRUCTION, Category.PROCUREMENT)
"""The kinds of trade that are taken in: those that a rule set applies to."""
KINDS = {Category.CONSTRUCTION: CONSTRUCTION, Category.PROCUREMENT: PROCUREMENT}
"""The kind of rule set by kind of trade."""
OBJECTS = ("goods", "services")
"""What a government purchase buys here; works tendered with public money follow the law of construction (GPR 7)."""


@dataclass(frozen=True)
class Particulars:
    """What is said of a project when it is registered; `other` is the second body: the agent's client, or the agent."""

    name: str
    other: Organisation
    category: str = Category.CONSTRUCTION
    investment_code: str | None = None
    mandate: str = ""
    object: str | None = None
    plan_number: str | None = None


async def submit_project(work: Work, code: str, told: Particulars) -> Project:
    """Register a project for acceptance, as its procuring entity or its agent; `project.…` refuses what is amiss.

    The actor's own body is the one, `told.other` the other of the two.
    """
    require(work.ctx.actor, "project.submit")
    project = Project(id=checked_code(code), region=work.ctx.actor.region, state=ProjectState.SUBMITTED)
    _describe(work, project, told)
    if await work.session.get(Project, code) is not None:
        raise Problem("project.known", code=code)
    work.session.add(project)
    await work.session.flush()
    _record_submission(work, project)
    return project


async def resubmit_project(work: Work, project_id: str, told: Particulars) -> Project:
    """Submit a returned project again, changed; `workflow.not-now` for any other."""
    require(work.ctx.actor, "project.submit")
    project = await lock_project(work.session, work.ctx.actor, project_id)
    project.state = LIFE.move("submit", ProjectState(project.state), work.ctx.actor.role)
    project.returned_why = None
    _describe(work, project, told)
    _record_submission(work, project)
    return project


async def return_project(work: Work, project_id: str, reasons: str) -> None:
    """Give a submitted project back to the procuring side with written reasons; `project.reasons` without them."""
    require(work.ctx.actor, "project.return")
    project = await lock_project(work.session, work.ctx.actor, project_id)
    if not is_written(reasons, LONGEST_NOTE):
        raise Problem("project.reasons", longest=LONGEST_NOTE)
    project.state = LIFE.move("return", ProjectState(project.state), work.ctx.actor.role)
    project.returned_why = reasons.strip()
    work.record(Event.PROJECT_RETURNED, project.id, region=project.region, reasons=project.returned_why)


async def accept_submitted(work: Work, project_id: str) -> Project:
    """Take a submitted project in; from now on sections may be added to it."""
    require(work.ctx.actor, "project.accept")
    project = await lock_project(work.session, work.ctx.actor, project_id)
    entity = await work.session.get_one(Organisation, project.procuring_entity)
    _take_in(work, project, entity, await work.session.get_one(Organisation, project.agent))
    return project


async def accept_project(
    work: Work,
    code: str,
    name: str,
    *,
    procuring_entity: Organisation,
    agent: Organisation,
    category: str = "construction",
    investment_code: str | None = None,
    object: str | None = None,
    plan_number: str | None = None,
) -> Project:
    """Take a project into the centre at once under its public code, registered by nobody but the centre.

    `project.code`, `project.known`, `project.agent`, `project.object` or `project.plan-number` refuse.
    """
    require(work.ctx.actor, "project.accept")
    project = Project(
        id=checked_code(code),
        name=name,
        region=procuring_entity.region,
        category=category,
        procuring_entity=procuring_entity.id,
        agent=agent.id,
        investment_code=checked_investment_code(investment_code),
        state=ProjectState.SUBMITTED,
    )
    _purchase(work, project, object, plan_number)
    if await work.session.get(Project, code) is not None:
        raise Problem("project.known", code=code)
    _take_in(work, project, procuring_entity, agent)
    work.session.add(project)
    return project


def checked_code(code: str) -> str:
    """The code itself; `project.code` unless it has capitals, digits, dots and hyphens only, at most 64."""
    if not CODE.fullmatch(code):
        raise Problem("project.code", given=code[:80])
    return code


def checked_investment_code(code: str | None) -> str | None:
    """The code itself, None for none; `project.investment-code` unless it is 24 signs in its five groups."""
    if code is not None and not INVESTMENT_CODE.fullmatch(code):
        raise Problem("project.investment-code", given=code[:80])
    return code


def checked_name(name: str) -> str:
    """The name without blanks around it; `project.name` when it is empty or too long to be shown."""
    if not is_written(name, LONGEST_NAME):
        raise Problem("project.name", longest=LONGEST_NAME)
    return name.strip()


def checked_category(category: str) -> str:
    """The kind of trade itself; `project.category` where no rule set applies to it."""
    if category not in CATEGORIES:
        raise Problem("project.category", given=category[:40])
    return category


def checked_plan_number(number: str | None, regime: Regime) -> str:
    """The number of the purchase plan 采购计划编号; `project.plan-number` unless it is written as the rule set says."""
    form = regime.parameter(Rule.PLAN_NUMBER)
    if not number or not re.fullmatch(regime.words(Rule.PLAN_NUMBER)[0], number):
        raise Problem("project.plan-number", given=(number or "")[:80], source=form.source, mark=str(form.mark))
    return number


def checked_object(what: str | None) -> str:
    """What is bought; `project.object` unless it is goods or services."""
    if what not in OBJECTS:
        raise Problem("project.object", given=(what or "")[:40])
    return what


def _purchase(work: Work, project: Project, what: str | None, plan_number: str | None) -> None:
    """What a government purchase tells besides; nothing else has it."""
    project.object, project.plan_number = None, None
    if project.category == Category.PROCUREMENT:
        regime = REGIMES.on(work.ctx.now, PROCUREMENT, mode=work.ctx.mode, region=project.region)
        project.object, project.plan_number = checked_object(what), checked_plan_number(plan_number, regime)


def _describe(work: Work, project: Project, told: Particulars) -> None:
    own = work.ctx.actor.organisation
    assert own is not None
    if told.other.id == own:
        raise Problem("project.agent", name=told.other.name)
    if told.mandate and not is_written(told.mandate, LONGEST_NOTE):
        raise Problem("project.mandate", longest=LONGEST_NOTE)
    entity, agent = (own, told.other.id) if work.ctx.actor.role is Role.PROCURING else (told.other.id, own)
    project.name = checked_name(told.name)
    project.category = checked_category(told.category)
    project.investment_code = checked_investment_code(told.investment_code)
    _purchase(work, project, told.object, told.plan_number)
    project.procuring_entity, project.agent = entity, agent
    project.mandate = told.mandate.strip()
    project.submitted_by, project.submitted_at = own, work.ctx.now


def _record_submission(work: Work, project: Project) -> None:
    work.record(Event.PROJECT_SUBMITTED, project.id, region=project.region, name=project.name, mandate=project.mandate)


def _take_in(work: Work, project: Project, procuring_entity: Organisation, agent: Organisation) -> None:
    project.state = LIFE.move("accept", ProjectState(project.state), work.ctx.actor.role)
    project.accepted_at = work.ctx.now
    if procuring_entity.id == agent.id:
        raise Problem("project.agent", name=agent.name)
    work.record(
        Event.PROJECT_ACCEPTED,
        project.id,
        region=project.region,
        name=project.name,
        procuring_entity=procuring_entity.credit_code,
        agent=agent.credit_code,
    )
