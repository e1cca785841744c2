"""Taking away what was found, with proofs: a search, or a section from end to end with who read what."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from infra.access.actions import Look, recorded
from infra.access.rules import Read
from infra.auth.permissions import may
from infra.custody.policy import log_key, published_policy
from infra.kernel.problems import Problem
from trading.audit.export import Ground, ground_of, written
from trading.audit.queries import Search, account_of
from trading.audit.sections import section_of
from web.forms import address
from web.regulator.asking import AUDITORS, criteria, journal_search
from web.state import Stack
from web.visit import AnyRequest, Visit
from web.wiring import LOG_NAME

EXPORTS = {**AUDITORS, "reads": Read.EXPORTED, "packed": True}
JSON_LINES = "application/jsonl"


@get("/audit/journal.jsonl", opt=EXPORTS)
async def found(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Stream:
    """Everything the filters find, oldest first; a wrong filter refuses the whole, `audit.too-many` what has no measure."""
    form, search = journal_search(visit)
    if form.refused:
        raise Problem("audit.filter")
    asked, reader = criteria(form), (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.EXPORTED, "journal", asked=asked) as look:
        if search.actor and may(visit.actor, "names.read"):
            search = replace(search, actor=await account_of(look.session, search.actor))
        search = replace(search, until=search.until or visit.now, cursor=None)
        ground, facts = await ground_of(look.session, search, None, False), await _facts(look, visit, stack, asked)
    return _file(stack, visit, ground, search, facts, "journal.jsonl")


@get("/audit/sections/{tender:str}/{number:str}/timeline.jsonl", opt=EXPORTS)
async def whole(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Stream:
    """A section's whole timeline: after the closing with its chain, in which nothing can be left out."""
    section_id, reader = f"{tender}/{number}", (visit.actor, address(request))
    search = Search(section=section_id, until=visit.now)
    async with recorded(stack.database, *reader, Read.EXPORTED, section_id, section=section_id) as look:
        section = await section_of(look.session, section_id)
        look.region = section.region
        closed = section.closed_at is not None
        ground = await ground_of(look.session, search, section_id, closed)
        facts = await _facts(look, visit, stack, {"section": section_id})
    return _file(stack, visit, ground, search, facts, f"{tender}-{number}.jsonl")


async def _facts(look: Look, visit: Visit, stack: Stack, asked: dict[str, str]) -> dict[str, Any]:
    return {
        "policy": await published_policy(look.session, stack.keys, LOG_NAME),
        "made": visit.now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "by": {"actor": visit.actor.id, "role": str(visit.actor.role)},
        "criteria": asked,
        "demo": stack.demo,
    }


def _file(stack: Stack, visit: Visit, ground: Ground, search: Search, facts: dict[str, Any], name: str) -> Stream:
    async def send() -> AsyncIterator[bytes]:
        async for piece in written(stack.database, visit.actor, log_key(stack.keys, LOG_NAME), ground, search, facts):
            yield piece

    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Stream(send(), media_type=JSON_LINES, headers=headers)


HANDLERS = [found, whole]
