"""Service items: read from CSV, entered as versions, written as CSV again."""

import csv
from collections.abc import Iterable, Sequence
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from marketplace.agencies.nightly import rate_tonight
from marketplace.catalogue.tables import Category, PriceKind, ServiceItem

SEED = Path(__file__).with_name("seed.csv")
"""Thirty items that centres commonly offer; laws, qualifications and days are to be checked by local staff."""
MOST_DAYS = 400


class Item(NamedTuple):
    """An item as a row of CSV; days are working days."""

    code: str
    name: str
    category: str
    department: str
    approval: str
    basis: str
    qualification: str
    statutory_days: int
    promised_days: int
    price_kind: str
    bundle: str
    regional: bool


def read_items(text: str) -> list[Item]:
    """The items of a CSV with a header; `catalogue.columns`, `catalogue.row` with the line and the field."""
    rows = list(csv.reader(StringIO(text)))
    if not rows or tuple(rows[0]) != Item._fields:
        raise Problem("catalogue.columns", columns=", ".join(Item._fields))
    found = [_item(row, line) for line, row in enumerate(rows[1:], 2)]
    if len({one.code for one in found}) != len(found):
        raise Problem("catalogue.row", line=1, field="code")
    return found


def csv_of(items: Iterable[ServiceItem]) -> str:
    """Items as CSV, as `read_items` reads it."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Item._fields)
    for one in items:
        told = {name: getattr(one, name) for name in Item._fields}
        writer.writerow([*({**told, "regional": "yes" if one.regional else "no"}).values()])
    return out.getvalue()


async def enter_items(work: Work, region: str, items: Sequence[Item]) -> int:
    """Enter what is new or changed as the next versions; how many. What is not listed stays as it is."""
    require(work.ctx.actor, "catalogue.enter")
    known = {one.code: one for one in await items_of(work.session, region)}
    changed = 0
    for item in items:
        before = known.get(item.code)
        if before is not None and all(getattr(before, name) == getattr(item, name) for name in Item._fields):
            continue
        changed += 1
        version = 1 if before is None else before.version + 1
        work.session.add(ServiceItem(region=region, version=version, entered_at=work.ctx.now, **item._asdict()))
    if changed:
        listed = sha256("\n".join("\t".join(map(str, one)) for one in items).encode()).hexdigest()
        await rate_tonight(work, region)
        work.record(Event.CATALOGUE_ENTERED, region, region=region, items=len(items), changed=changed, sha256=listed)
    return changed


async def items_of(session: AsyncSession, region: str) -> list[ServiceItem]:
    """The items in force of a region, by code: the highest version of each that has not ended."""
    wanted = (
        select(ServiceItem)
        .where(ServiceItem.region == region)
        .ext(distinct_on(ServiceItem.code))
        .order_by(ServiceItem.code, ServiceItem.version.desc())
    )
    return [one for one in await session.scalars(wanted) if one.ended_at is None]


async def item_of(session: AsyncSession, region: str, code: str) -> ServiceItem:
    """An item in force; `catalogue.unknown`."""
    for one in await items_of(session, region):
        if one.code == code:
            return one
    raise Problem("catalogue.unknown", code=code[:16])


def _item(row: Sequence[str], line: int) -> Item:
    if len(row) != len(Item._fields):
        raise Problem("catalogue.row", line=line, field=Item._fields[min(len(row), len(Item._fields) - 1)])
    told = dict(zip(Item._fields, (one.strip() for one in row), strict=True))
    days = {name: _days(told[name], line, name) for name in ("statutory_days", "promised_days")}
    wrong = {
        "code": not (0 < len(told["code"]) <= 16 and told["code"].isascii()),
        "name": not told["name"],
        "category": told["category"] not in set(Category),
        "price_kind": told["price_kind"] not in set(PriceKind),
        "regional": told["regional"] not in ("yes", "no"),
        "promised_days": days["promised_days"] > days["statutory_days"],
    }
    for field, bad in wrong.items():
        if bad:
            raise Problem("catalogue.row", line=line, field=field)
    texts = {name: told[name] for name in Item._fields if name not in (*days, "regional")}
    return Item(**texts, **days, regional=told["regional"] == "yes")  # type: ignore[arg-type]


def _days(text: str, line: int, field: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST_DAYS):
        raise Problem("catalogue.row", line=line, field=field)
    return int(text)
