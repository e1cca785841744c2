"""Organisations: registered once, known by their unified social credit code 统一社会信用代码."""

import re
from unicodedata import normalize

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from stdnum.cn import uscc

from infra.auth.permissions import require
from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem

# GB 32100-2015: authority and kind (also letters: N agriculture, Y others), six digits of the region, body, check.
_FORM = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_REGION = re.compile(r"[0-9]{6}")


async def register(work: Work, credit_code: str, name: str, region: str) -> Organisation:
    """Enter an organisation; `organisation.credit-code`, `.name`, `.region`, or `.known` for a second time."""
    require(work.ctx.actor, "organisation.register")
    code = checked_credit_code(credit_code)
    if not name.strip():
        raise Problem("organisation.name")
    added = insert(Organisation).values(
        id=work.ctx.new_id("org"),
        credit_code=code,
        name=name.strip(),
        region=checked_region(region),
        created_at=work.ctx.now,
    )
    # Two centres may register the same code at the same time, and neither sees what the other is about to do.
    unless_known = added.on_conflict_do_nothing(index_elements=[Organisation.credit_code]).returning(Organisation)
    organisation: Organisation | None = await work.session.scalar(unless_known)
    if organisation is None:
        raise Problem("organisation.known", credit_code=code)
    work.record(Event.ORGANISATION_REGISTERED, organisation.id, region=region, credit_code=code, name=name.strip())
    return organisation


async def find_organisation(session: AsyncSession, credit_code: str) -> Organisation | None:
    """The organisation of a credit code in any spelling, or None."""
    found: Organisation | None = await session.scalar(
        select(Organisation).where(Organisation.credit_code == _compact(credit_code))
    )
    return found


def checked_credit_code(text: str) -> str:
    """The code in its one form: 18 capitals and digits; `organisation.credit-code` unless the check digit is right."""
    code = _compact(text)
    if not _FORM.fullmatch(code) or uscc.calc_check_digit(code[:17]) != code[17]:
        raise Problem("organisation.credit-code", credit_code=text[:40])
    return code


def checked_region(region: str) -> str:
    """The region itself; `organisation.region` unless it has the form of GB/T 2260: six digits."""
    if not _REGION.fullmatch(region):
        raise Problem("organisation.region", region=region[:40])
    return region


def _compact(text: str) -> str:
    compacted: str = uscc.compact(normalize("NFKC", text))
    return compacted
