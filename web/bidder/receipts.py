"""My bids and receipts: the list, one receipt to print and to take along, withdrawing."""

import asyncio
import json
from typing import Any

import segno
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from markupsafe import Markup

from infra.kernel.canonical import b64, parse
from infra.kernel.problems import Problem
from infra.tlog.proof import parse_proof
from trading.bidding.preparing import preparing
from trading.bidding.queries import PAGE, SHOWN, OwnBid, count_own, find_own, own_bids, sealed_sizes
from trading.bidding.receipts import find_receipt
from trading.bidding.states import BidState
from web.bidder.preparing import shown as shown_preparing
from web.bidder.receipt_pdf import receipt_pdf
from web.bidder.receipt_words import KINDS, paper_of
from web.bidder.words import refusals
from web.i18n import N_
from web.public.section_view import PARTS, Shown
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

BIDDER = {"audience": "bidder"}
STATES = {
    BidState.STARTED: Shown(N_("Unfinished"), "warn", "warn"),
    BidState.SUBMITTED: Shown(N_("Stands, sealed"), "ok", "lock"),
    BidState.REPLACED: Shown(N_("Replaced"), "", "back"),
    BidState.WITHDRAWN: Shown(N_("Withdrawn"), "", "back"),
    BidState.REFUSED: Shown(N_("Not handed in"), "", "close"),
    BidState.OPENED: Shown(N_("Opened, read out"), "info", "check"),
    BidState.UNOPENED: Shown(N_("Could not be opened"), "bad", "warn"),
}
FILTERS = {"": N_("All"), "standing": N_("Standing"), "unfinished": N_("Unfinished"), "gone": N_("Gone")}
ORDERS = {"": N_("Newest bids first"), "deadline": N_("By deadline")}
MOST_PAGES = 500


@get("/bids", opt=BIDDER)
async def my_bids(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """One's own bids, newest first: what stands, what is unfinished, what is gone."""
    shown, order = request.query_params.get("shown", ""), request.query_params.get("order", "")
    number = _page_number(request.query_params.get("page", ""))
    async with stack.database.reading() as session:
        rows = await own_bids(session, visit.actor, shown, order, number)
        counts = await count_own(session, visit.actor)
        under_way = await preparing(session, visit.actor, visit.now)
    return page(
        visit,
        "bidder/bids.html",
        demo=stack.demo,
        rows=rows[:PAGE],
        more=len(rows) > PAGE,
        number=number,
        counts={"": sum(counts.values()), **counts},
        shown=shown if shown in SHOWN else "",
        order=order if order in ORDERS else "",
        filters=FILTERS,
        orders=ORDERS,
        states=STATES,
        **shown_preparing(visit, under_way),
    )


@get("/bids/{bid:str}", opt=BIDDER)
async def one_bid(bid: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """One's own bid: its receipt once it was accepted, before that the bid room."""
    async with stack.database.reading() as session:
        own = await find_own(session, visit.actor, bid)
    path = f"/sections/{own.section.id}/bid" if own.bid.submitted_at is None else f"/bids/{bid}/receipt"
    return Redirect(visit.url(path), status_code=303)


@get("/bids/{bid:str}/receipt", opt=BIDDER)
async def receipt_page(
    bid: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The receipt to read and to print; until the log is co-signed over it, a page that waits for it."""
    receipt = await find_receipt(stack.database, visit.actor, bid)
    async with stack.database.reading() as session:
        own = await find_own(session, visit.actor, bid)
        sizes = await sealed_sizes(session, bid)
    return page(
        visit,
        "bidder/receipt.html",
        demo=stack.demo,
        own=own,
        sizes=sizes,
        names=PARTS,
        states=STATES,
        kinds=KINDS,
        hash=b64(own.bid.digest),
        event=None if receipt is None else parse(str(receipt["event"]).encode()),
        index=None if receipt is None else parse_proof(str(receipt["proof"])).index,
        code=None if receipt is None else _code(stack, own),
    )


@get("/bids/{bid:str}/receipt.json", opt=BIDDER)
async def receipt_file(
    bid: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[bytes]:
    """The receipt as a file `receipt/v1`; `receipt.late` until the log is co-signed over it."""
    receipt = await find_receipt(stack.database, visit.actor, bid)
    if receipt is None:
        raise Problem("receipt.late", bid=bid)
    headers = {"Content-Disposition": f'attachment; filename="receipt-{bid}.json"', "Cache-Control": "no-store"}
    body = json.dumps(receipt, ensure_ascii=False, indent=1) + "\n"
    return Response(body.encode(), media_type="application/json", headers=headers)


@get("/bids/{bid:str}/receipt.pdf", opt=BIDDER)
async def receipt_paper(
    bid: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[bytes]:
    """The receipt for the paper file, as PDF; `receipt.late` until the log is co-signed over it."""
    receipt = await find_receipt(stack.database, visit.actor, bid)
    if receipt is None:
        raise Problem("receipt.late", bid=bid)
    async with stack.database.reading() as session:
        own = await find_own(session, visit.actor, bid)
    data = await asyncio.to_thread(receipt_pdf, paper_of(visit, own, receipt, _verify_address(stack, own)))
    headers = {"Content-Disposition": f'attachment; filename="receipt-{bid}.pdf"', "Cache-Control": "no-store"}
    return Response(data, media_type="application/pdf", headers=headers)


@get("/bids/{bid:str}/withdrawal", opt=BIDDER)
async def withdrawal_page(
    bid: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Withdrawing 撤回 a bid that stands, before the deadline: the consequence, and a signature in the browser."""
    async with stack.database.reading() as session:
        own = await find_own(session, visit.actor, bid)
    facts = {
        "data-bid": bid,
        "data-account": visit.actor.id,
        "data-digest": b64(own.bid.digest),
        "data-receipt": visit.url(f"/bids/{bid}/receipt"),
        "data-words": "{}",
        "data-refusals": refusals(visit),
    }
    may = own.bid.state == BidState.SUBMITTED and own.open and visit.now < _deadline(own)
    return page(visit, "bidder/withdrawal.html", demo=stack.demo, own=own, states=STATES, may=may, facts=facts)


def _deadline(own: OwnBid) -> Any:
    assert own.section.deadline is not None
    return own.section.deadline


def _code(stack: Stack, own: OwnBid) -> Markup:
    """A QR code of the Verify page's address, as SVG."""
    return Markup(segno.make(_verify_address(stack, own), error="m").svg_inline(omitsize=True, border=0))


def _verify_address(stack: Stack, own: OwnBid) -> str:
    """The Verify page's address with what the page holds files against (docs/formats/receipt.md)."""
    told = f"bid={own.bid.id}&section={own.section.id}&manifest={own.bid.digest.hex()}"
    return f"{stack.settings.origin}/verify#{told}"


def _page_number(text: str) -> int:
    return min(int(text), MOST_PAGES) if text.isascii() and text.isdigit() and int(text) else 1


HANDLERS = [my_bids, one_bid, receipt_page, receipt_file, receipt_paper, withdrawal_page]
