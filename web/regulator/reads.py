"""Who read what: every read of something sealed or personal, those of the auditors themselves included."""

from dataclasses import replace
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.auth.permissions import may
from trading.audit.queries import account_of, names_of
from trading.audit.reads import FoundReads, find_reads
from web.forms import address
from web.regulator.asking import AUDITORS, asked_fact, onward, read_search
from web.regulator.journal import NAMED
from web.regulator.words import OUTCOMES, READS, ROOTING_TONES, ROOTINGS, TABS
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit


@get("/audit/reads", opt={**AUDITORS, "reads": Read.READS_SEARCHED})
async def reads(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The newest reads, or those that fit the filters; looking at them is a read too."""
    form, search = read_search(visit)
    found, names = FoundReads((), None), dict[str, str]()
    if not form.refused:
        reader, section = (visit.actor, address(request)), form.value("section") or None
        kind = Read.READS_SEARCHED
        async with recorded(stack.database, *reader, kind, "reads", section=section, **asked_fact(form)) as look:
            named = may(visit.actor, "names.read")
            actor = await account_of(look.session, search.actor) if search.actor and named else search.actor
            found = await find_reads(look.session, replace(search, actor=actor))
            if named:
                names = await names_of(look.session, {one.actor for one, _ in found.lines if one.role in NAMED})
    return page(
        visit,
        "regulator/reads.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        found=found,
        names=names,
        next_page=onward(visit, found.following),
        kinds=[(str(one), text) for one, text in READS.items()],
        outcomes=[(str(one), text) for one, text in OUTCOMES.items()],
        **read_words(),
    )


def read_words() -> dict[str, Any]:
    """The words that every list of reads needs."""
    return {
        "tabs": TABS,
        "reads": READS,
        "rootings": ROOTINGS,
        "rooting_tones": ROOTING_TONES,
        "outcome_words": OUTCOMES,
    }


HANDLERS = [reads]
