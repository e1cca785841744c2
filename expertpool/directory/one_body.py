"""Under which credit codes a body is known today: its own, those merged into it, and what it was merged into itself."""

from collections.abc import Collection

from sqlalchemy import String, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

# UNION leaves out what was found before, so a merger entered and then entered back again ends too.
_SAME = text(
    """
    WITH RECURSIVE same(code, other) AS (
        SELECT code, code FROM unnest(:codes) AS told(code)
        UNION
        SELECT same.code, CASE WHEN one.old = same.other THEN one.new ELSE one.old END
        FROM same JOIN employer_changes AS one ON one.kind = 'merged' AND (one.old = same.other OR one.new = same.other)
    )
    SELECT code, other FROM same
    """
).bindparams(bindparam("codes", type_=ARRAY(String)))


async def known_as(session: AsyncSession, codes: Collection[str]) -> dict[str, frozenset[str]]:
    """By code every code of the same body as it stands today, the given one among them.

    A merger is entered by one region for its own experts; those of other regions go on under the old code, and so do
    bidders and ties that were told before it.
    """
    found: dict[str, set[str]] = {code: {code} for code in codes}
    for code, other in await session.execute(_SAME, {"codes": sorted(found)}):
        found[code].add(other)
    return {code: frozenset(others) for code, others in found.items()}


async def all_codes(session: AsyncSession, codes: Collection[str]) -> set[str]:
    """These codes and every other of the same bodies."""
    return set[str]().union(*(await known_as(session, codes)).values())
