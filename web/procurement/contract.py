"""The contract after the award: until when it is to be signed, recording it, and what was published of it."""

from datetime import date, datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.amounts import in_words, read_yuan
from infra.kernel.money import Fen, yuan
from infra.kernel.problems import Problem
from trading.contracts.actions import Terms, publish_contract
from trading.contracts.queries import awarded_in, contract_of, milestones_of
from trading.contracts.rules import after_signing, is_late
from trading.regimes.regime import Parameter, Regime, Rule
from trading.sections.actions import regime_of
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.procurement.ground import PROCURERS, ground_of, show_section
from web.public.milestones import KINDS, told_milestones
from web.state import Stack
from web.visit import AnyRequest, Visit

TAIL = "/award/contract"
FIELDS = {
    "contract.amount": "amount",
    "contract.date": "signed_on",
    "contract.words": "period",
    "contract.late": "late_why",
    "contract.published-late": "late_why",
}
FOLLOWS = {
    Rule.CONTRACT_PUBLISHED: N_("Contract to be published by"),
    Rule.CONTRACT_FILED: N_("Copy to be filed with the finance department by"),
}


@get("/sections/{tender:str}/{number:str}/award/contract", opt=PROCURERS)
async def contract_page(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The period, the form while no contract is recorded, and the contract once it is."""
    return await show_contract(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/award/contract", opt=PROCURERS, status_code=303)
async def record_contract(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Record and publish it."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    terms = _terms(form)
    if terms is None:
        return await show_contract(visit, stack, section_id, form)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await publish_contract(work, section_id, terms)
    except Problem as problem:
        form.refuse(problem, FIELDS.get(problem.code))
        return await show_contract(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}{TAIL}"), status_code=303)


def _terms(form: Form) -> Terms | None:
    """What was typed, None where an amount or a date cannot be read."""
    amount, signed_on = Fen(0), date.min
    with form.field("amount"):
        amount = read_yuan(form.value("amount"))
    with form.field("signed_on"):
        signed_on = day_of(form.value("signed_on"))
    if form.refused:
        return None
    words = {name: form.value(name).replace("\r\n", "\n") for name in ("period", "payments", "late_why")}
    return Terms(amount, signed_on, **words)


def day_of(text: str) -> date:
    """A day as forms have it; `time.unreadable`."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Problem("time.unreadable", given=text[:40]) from error


async def show_contract(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    """The page, with whatever of its forms was refused."""
    async with stack.database.reading(visit.actor) as session:
        ground = await ground_of(session, visit, *section_id.split("/"))
        awarded = await awarded_in(session, ground.section.id)
        contract = await contract_of(session, ground.section.id)
        milestones = await milestones_of(session, ground.section.id)
    regime = regime_of(ground.section, stack.settings.mode)
    return show_section(
        visit,
        stack,
        ground,
        "procurement/contract.html",
        status=form.status,
        form=form,
        awarded=awarded,
        price="" if awarded is None else yuan(awarded.price),
        words="" if awarded is None else in_words(awarded.price),
        due=None if awarded is None else regime.end(awarded.at, Rule.CONTRACT),
        period=regime.parameter(Rule.CONTRACT),
        follows=_follows(regime, contract.signed_on) if contract else [],
        contract=contract,
        amount=None if contract is None else yuan(Fen(contract.amount)),
        milestones=told_milestones(milestones, visit.now),
        kinds=[(kind, visit.texts.gettext(text)) for kind, text in KINDS.items()],
        ahead=[(str(one.number), f"{one.number} · {one.title}") for one in milestones if one.done_on is None],
        late=contract is not None and is_late(contract.signed_on, contract.due_at),
    )


def _follows(regime: Regime, signed_on: date) -> list[tuple[str, datetime, Parameter]]:
    """What has to follow the signing, until when, by which rule; nothing where the rule set has no such periods."""
    found = [(text, after_signing(regime, signed_on, rule), rule) for rule, text in FOLLOWS.items()]
    return [(text, until, regime.parameter(rule)) for text, until, rule in found if until is not None]


HANDLERS = [contract_page, record_contract]
