"""A section in draft: added to an accepted project, changed until its document is frozen; and how it stands later."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.crypto.seal_suite import X25519
from infra.kernel import amounts
from infra.kernel.amounts import in_words, read_yuan
from infra.kernel.money import Fen, yuan
from infra.kernel.problems import Problem
from trading.bidding.consortium import MOST_BODIES
from trading.blind.rules import BLINDABLE
from trading.projects.queries import find_project
from trading.projects.tables import Project
from trading.sections.actions import (
    OPENING_FORM,
    PARTS,
    change_section,
    create_section,
)
from trading.sections.queries import failed_in
from trading.sections.states import SectionState
from trading.sections.terms import checked_budget, checked_ceiling, checked_title
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.labels import SUITES
from web.procurement.ground import PROCURERS, ground_of, show_section
from web.procurement.words import PARTS as PART_WORDS
from web.public.notice_facts import joint_words
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

AT_FIELDS = {
    "section.known": "number",
    "section.code": "number",
    "section.title": "title",
    "section.ceiling": "ceiling",
    "section.budget": "budget",
    "section.ceiling-above-budget": "ceiling",
    "section.suite": "suite",
    "section.joint": "joint",
    "section.blind": "blind-technical",
    "section.follows": "follows",
}
FIRST = N_("no, it is the first tender")
BODIES = tuple(str(number) for number in range(1, MOST_BODIES + 1))
AMOUNT_SIGNS = {
    "digits": amounts.DIGITS,
    "units": ",".join(amounts.UNITS),
    "sizes": ",".join((amounts.TEN_THOUSAND, amounts.HUNDRED_MILLION)),
    "marks": ",".join((amounts.YUAN, amounts.JIAO, amounts.CENT, amounts.WHOLE)),
}
"""What a script needs to put an amount into words while it is typed."""


@get("/projects/{code:str}/sections/new", opt=PROCURERS)
async def new_section(
    code: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The form of a new section."""
    project = await _project(stack, visit, code)
    initial = {
        "title": project.name,
        "number": "",
        "suite": X25519,
        "joint": "1",
        **{f"part-{part}": "yes" for part in PARTS},
    }
    return await _show(visit, stack, project, await begin(stack, visit, initial))


@post("/projects/{code:str}/sections/new", opt=PROCURERS, status_code=303)
async def add_section(
    code: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Add a section in draft to an accepted project."""
    project = await _project(stack, visit, code)
    form = typed(visit, data)
    ceiling, budget, parts = _read(form)
    if not form.refused:
        try:
            async with stack.database.work(visit.actor, address(request)) as work:
                section = await create_section(
                    work,
                    code,
                    form.value("number").strip().upper(),
                    form.value("title"),
                    ceiling=ceiling,
                    budget=budget,
                    parts=parts,
                    suite=form.value("suite") or X25519,
                    bidder_factor=form.value("bidder_factor") == "yes",
                    remedy=form.value("remedy") == "yes",
                    two_envelope=form.value("two_envelope") == "yes",
                    by_choice=form.value("by_choice") == "yes",
                    joint=_joint(form),
                    blind=_blind(form),
                    follows=form.value("follows") or None,
                )
            return Redirect(visit.url(f"/sections/{section.id}/document"), status_code=303)
        except Problem as problem:
            form.refuse(problem, AT_FIELDS.get(problem.code))
    return await _show(visit, stack, project, form)


@get("/sections/{tender:str}/{number:str}/manage", opt=PROCURERS)
async def manage_section(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """How a section of one's own stands at each gate; in draft also the form that changes it."""
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, tender, number)
    section = ground.section
    initial = {
        "title": section.title,
        "ceiling": "" if section.ceiling is None else yuan(Fen(section.ceiling)),
        "budget": "" if section.budget is None else yuan(Fen(section.budget)),
        "suite": section.suite,
        **({"bidder_factor": "yes"} if section.bidder_factor else {}),
        **({"remedy": "yes"} if section.remedy else {}),
        **({"two_envelope": "yes"} if section.two_envelope else {}),
        **({"by_choice": "yes"} if section.by_choice else {}),
        "joint": str(section.joint),
        **{f"blind-{part}": "yes" for part in section.blind},
        **{f"part-{part}": "yes" for part in section.parts},
    }
    return _show_manage(visit, stack, ground, await begin(stack, visit, initial))


@post("/sections/{tender:str}/{number:str}/manage", opt=PROCURERS, status_code=303)
async def edit_section(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Change title, ceiling and parts of a section in draft."""
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, tender, number)
    form = typed(visit, data)
    ceiling, budget, parts = _read(form)
    if not form.refused:
        try:
            async with stack.database.work(visit.actor, address(request)) as work:
                await change_section(
                    work, ground.section.id, form.value("title"), ceiling, parts, form.value("suite") or None,
                    budget=budget, bidder_factor=form.value("bidder_factor") == "yes", remedy=form.value("remedy") == "yes",
                    two_envelope=form.value("two_envelope") == "yes", by_choice=form.value("by_choice") == "yes",
                    joint=_joint(form), blind=_blind(form),
                )  # fmt: skip
            return Redirect(visit.url(f"{ground.path}/manage"), status_code=303)
        except Problem as problem:
            form.refuse(problem, AT_FIELDS.get(problem.code))
    return _show_manage(visit, stack, ground, form)


def words_of(text: str) -> str:
    """The amount that a field holds in Chinese words, empty where it holds none."""
    try:
        return in_words(read_yuan(text)) if text.strip() else ""
    except Problem:
        return ""


def _read(form: Form) -> tuple[Fen | None, Fen | None, tuple[str, ...]]:
    ceiling = budget = None
    with form.field("title"):
        checked_title(form.value("title"))
    with form.field("ceiling"):
        text = form.value("ceiling").strip()
        ceiling = checked_ceiling(read_yuan(text)) if text else None
    with form.field("budget"):
        text = form.value("budget").strip()
        budget = checked_budget(read_yuan(text), ceiling) if text else None
    return (
        ceiling,
        budget,
        tuple(part for part in PART_WORDS if part == OPENING_FORM or form.value(f"part-{part}") == "yes"),
    )


def _joint(form: Form) -> int:
    told = form.value("joint")
    return int(told) if told in BODIES else 1 if not told else 0


def _blind(form: Form) -> tuple[str, ...]:
    return tuple(part for part in BLINDABLE if form.value(f"blind-{part}") == "yes")


async def _project(stack: Stack, visit: Visit, code: str) -> Project:
    async with stack.database.reading() as session:
        return await find_project(session, visit.actor, code)


async def _show(visit: Visit, stack: Stack, project: Project, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        failed = await failed_in(session, project.id)
    return page(
        visit,
        "procurement/section_form.html",
        demo=stack.demo,
        status=form.status,
        project=project,
        failed=[("", visit.texts.gettext(FIRST)), *((one, one) for one in failed)] if failed else [],
        **_form_facts(visit, form),
    )


def _show_manage(visit: Visit, stack: Stack, ground: Any, form: Form) -> Response[str]:
    return show_section(
        visit,
        stack,
        ground,
        "procurement/manage.html",
        status=form.status,
        in_draft=ground.state is SectionState.DRAFT,
        **_form_facts(visit, form),
    )


def _form_facts(visit: Visit, form: Form) -> dict[str, Any]:
    choices = [(part, words) for part, words in PART_WORDS.items() if part != OPENING_FORM]
    return {
        "form": form,
        "part_choices": choices,
        "suite_choices": [(suite, visit.texts.gettext(words)) for suite, words in SUITES.items()],
        "joint_choices": _joint_choices(visit),
        "blind_choices": [(part, PART_WORDS[part]) for part in BLINDABLE],
        "in_words": words_of(form.value("ceiling")),
        "signs": AMOUNT_SIGNS,
    }


def _joint_choices(visit: Visit) -> list[tuple[str, str]]:
    return [(bodies, joint_words(visit, bodies)) for bodies in BODIES]


HANDLERS = [new_section, add_section, manage_section, edit_section]
