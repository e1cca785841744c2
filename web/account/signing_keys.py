"""A signing key that is lost: revoke it with a reason, then enrol another; what it signed before stays valid."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.auth.certification import own_keys, revoke_key
from infra.auth.signing import validity
from infra.auth.tables import SigningKey
from infra.kernel.problems import Problem
from web.account.company import lasting
from web.account.words import PLACES, REVOCATIONS
from web.forms import Fields, Form, address, begin, typed
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

OWN = {"audience": "signed-in"}


@get("/account/keys/{key:str}/revocation", opt=OWN)
async def revocation_page(
    key: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """What revoking means, and the reasons to choose from."""
    return await _show(key, visit, stack, await begin(stack, visit, {"reason": "lost"}))


@post("/account/keys/{key:str}/revocation", opt=OWN, status_code=303)
async def revoking(
    key: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Revoke it; the page about oneself offers to make another."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await revoke_key(work, key, form.value("reason"))
        return Redirect(visit.url("/account") + "#keys", status_code=303)
    except Problem as problem:
        form.refuse(problem, "reason" if problem.code == "signing.reason" else None)
    return await _show(key, visit, stack, form)


HANDLERS = [revocation_page, revoking]


async def _show(key_id: str, visit: Visit, stack: Stack, form: Form) -> Response[Any]:
    async with stack.database.reading() as session:
        keys = [one for one in await own_keys(session, visit.actor) if one.id == key_id]
    if not keys:
        raise Problem("signing.unknown", id=key_id)
    key: SigningKey = keys[0]
    facts: dict[str, Any] = {
        "form": form,
        "one": lasting(key, validity(key.certificate), visit.now),
        "place_words": PLACES,
        "reasons": [(value, visit.texts.gettext(text)) for value, text in REVOCATIONS.items()],
    }
    return page(visit, "account/revocation.html", demo=stack.demo, status=form.status, **facts)
