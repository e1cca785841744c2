"""The marketplace as everybody reads it: which paper one needs, who offers it, why a grade is what it is, side by side."""

from typing import Any
from urllib.parse import parse_qsl

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.canonical import canonical
from infra.kernel.problems import Problem
from marketplace.agencies.directory import (
    LONGEST,
    MOST_COMPARED,
    ORDERS,
    PAGE,
    SHOWN_CONTRACTS,
    Search,
    compared,
    directory,
    prices_of,
    profile,
    regions_of,
)
from marketplace.catalogue.items import csv_of, item_of, items_of
from marketplace.rating.evidence import told_parameters
from marketplace.rating.formula import FIRST, Grade
from web.labels_market import FEES, GRADES, KINDS_OF_PRICE, KINDS_OF_SERVICE, MODES
from web.market.view import dots, explained, row_of, trend
from web.render import page
from web.state import Stack
from web.visit import Visit

PUBLIC = {"audience": "public"}
WORDS: dict[str, Any] = {
    "grades": GRADES, "kinds": KINDS_OF_SERVICE, "price_kinds": KINDS_OF_PRICE, "modes": MODES, "fees": FEES,
}  # fmt: skip


@get("/market", opt=PUBLIC)
async def home(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Which paper do you need: the catalogue by kind, searched by name, approval or department, with how many offer each."""
    words = dict(visit.asked).get("q", "")[:LONGEST]
    async with stack.database.reading() as session:
        region = await _region(session, visit)
        items = [one for one in await items_of(session, region) if _speaks_of(one, words)]
        offered = (await directory(session, region, Search())).items
    shown = {kind: [one for one in items if one.category == kind] for kind in KINDS_OF_SERVICE}
    return page(
        visit, "market/home.html", demo=stack.demo, words=words, shown=shown, offered=offered, total=len(items), **WORDS
    )


@get("/market/catalogue.csv", opt=PUBLIC)
async def catalogue_file(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[bytes]:
    """The catalogue in force, as it can be entered again."""
    async with stack.database.reading() as session:
        told = csv_of(await items_of(session, await _region(session, visit)))
    headers = {"Content-Disposition": 'attachment; filename="catalogue.csv"'}
    return Response(b"\xef\xbb\xbf" + told.encode(), media_type="text/csv; charset=utf-8", headers=headers)


@get("/market/agencies", opt=PUBLIC)
async def agencies(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Agencies by filters that stand in the address, with counts; a filter too many is named."""
    asked = _search(visit)
    async with stack.database.reading() as session:
        region = await _region(session, visit)
        items = await items_of(session, region)
        found = await directory(session, region, asked)
        item = next((one for one in items if one.code == asked.item), None)
        prices = await prices_of(session, region, item.code, visit.now) if item else None
    return page(
        visit,
        "market/agencies.html",
        demo=stack.demo,
        asked=asked,
        found=found,
        items=items,
        item=item,
        prices=prices,
        last=max(1, -(-found.total // PAGE)),
        most=MOST_COMPARED,
        **WORDS,
    )


@get("/market/agencies/{agency:str}", opt=PUBLIC)
async def one_agency(
    agency: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """One agency: its grade and why, what it offers, its contracts, what was deducted."""
    async with stack.database.reading() as session:
        found = await profile(session, agency)
        names = {one.code: one.name for one in await items_of(session, found.agency.region)}
    return page(
        visit,
        "market/agency.html",
        demo=stack.demo,
        found=found,
        why=explained(found) if found.ratings else None,
        trend=trend(found.ratings),
        names=names,
        most=SHOWN_CONTRACTS,
        **WORDS,
    )


@get("/market/agencies/{agency:str}/ratings/{number:int}", opt=PUBLIC)
async def rating_file(agency: FromPath[str], number: FromPath[int], stack: NamedDependency[Stack]) -> Response[bytes]:
    """The evidence of a rating, for `openhall recompute rating`; `rating.unknown`."""
    async with stack.database.reading() as session:
        found = await profile(session, agency)
    rating = next((one for one in found.ratings if one.number == number), None)
    if rating is None:
        raise Problem("rating.unknown", number=number)
    headers = {"Content-Disposition": f'attachment; filename="rating-{agency}-{number}.json"'}
    return Response(canonical(rating.document), media_type="application/json", headers=headers)


@get("/market/compare", opt=PUBLIC)
async def compare(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Two to five agencies side by side: `?agency=…&agency=…`, for one item with `item=`."""
    pairs = parse_qsl(visit.query)
    ids, code = [value for name, value in pairs if name == "agency"], dict(pairs).get("item", "")
    async with stack.database.reading() as session:
        region = await _region(session, visit)
        found = await compared(session, region, ids)
        item = await item_of(session, region, code) if code else None
        prices = await prices_of(session, region, code, visit.now) if item else None
    rows = [row_of(one, item) for one in found]
    return page(
        visit,
        "market/compare.html",
        demo=stack.demo,
        rows=rows,
        item=item,
        prices=prices,
        dots=dots(rows, prices),
        ids=ids,
        **WORDS,
    )


@get("/market/rating", opt=PUBLIC)
async def method(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The formula, its parameters and gates, and how anybody recomputes a grade."""
    return page(visit, "market/method.html", demo=stack.demo, told=told_parameters(FIRST), letters=list(Grade), **WORDS)


async def _region(session: AsyncSession, visit: Visit) -> str:
    """The region whose marketplace is looked at: the one asked for, else the first that has a catalogue."""
    known = await regions_of(session)
    asked = dict(visit.asked).get("region", "")
    return asked if asked in known else (known[0] if known else "")


def _search(visit: Visit) -> Search:
    told = dict(visit.asked)
    number = told.get("page", "1")
    return Search(
        words=told.get("q", "").strip()[:LONGEST],
        item=told.get("item", "")[:16],
        grade=told.get("grade", "") if told.get("grade") in set(Grade) else "",
        order=told.get("order", "") if told.get("order") in ORDERS else "score",
        page=min(int(number), 10_000) if number.isascii() and number.isdigit() and int(number) > 0 else 1,
    )


def _speaks_of(item: Any, words: str) -> bool:
    return not words or any(
        words.lower() in text.lower() for text in (item.name, item.approval, item.department, item.code)
    )


HANDLERS: list[ControllerRouterHandler] = [
    home,
    catalogue_file,
    agencies,
    one_agency,
    rating_file,
    compare,
    method,
]
