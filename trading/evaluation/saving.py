"""One mark is saved: on a bare connection, because a whole committee marks at once and nobody should feel the others.

Three statements are the transaction. The seat is locked first, so that a lock of the marks or another tab of this judge
comes before or after; what stands is read then; draft and journal line are written together. The section is not locked:
judges who mark at the same time do not wait for each other.
"""

import json
from collections.abc import Mapping
from decimal import localcontext
from functools import lru_cache
from typing import Any, NamedTuple

from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Database
from infra.kernel.context import Actor
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.bidding.states import BidState
from trading.blind.queries import QUORUM, fold_of, opened_labels
from trading.blind.rules import Blindfold
from trading.evaluation.drafts import Draft, opened_draft, sealed_draft
from trading.evaluation.marks import judge_id
from trading.evaluation.papers import READ_OUT
from trading.evaluation.reading import read_mark, read_method
from trading.evaluation.rules import EXACT, ItemKind, Method
from trading.evaluation.words import Pin, read_pins, read_reason
from trading.opening.queries import progress_of, require_opened
from trading.opening.states import LEFT_OUT, Stage
from trading.opening.tables import Halt
from trading.sections.states import SectionState
from trading.sitting.rules import require_time

LONGEST = 32
"""Of a mark's signs."""

LOCK = "SELECT number, section FROM seats WHERE id = $1 AND certificate IS NOT NULL FOR UPDATE"

PLACE = f"""
SELECT section.id, section.region, section.state, section.blind, section.parts, document.method,
       section.paused_at, section.marking_until,
       (SELECT count(*) FROM time_requests AS asked WHERE asked.section = $2) AS asked,
       (SELECT count(*) FROM seats WHERE seats.section = $2) AS judges,
       clock_timestamp() AS now,
       EXISTS (SELECT FROM sheets WHERE seat = $1) AS locked,
       (SELECT json_object_agg(stage, bids) FROM (
           SELECT stage, count(*) AS bids FROM bid_openings WHERE section = $2 GROUP BY stage
       ) AS counted) AS stages,
       halt.remaining, halt.minimum, halt.decision,
       jsonb_array_length(coalesce(document.examination, '[]')) = 0 OR EXISTS (
           SELECT FROM examinations AS found WHERE found.section = $2 AND found.reopened_at IS NULL
               AND found.draw IN (SELECT draw FROM seats WHERE section = $2)
       ) AS examined,
       CASE WHEN section.blind <> '[]' THEN (SELECT sealed FROM blind_labels WHERE blind_labels.section = $2) END AS labels,
       CASE WHEN section.blind <> '[]' THEN EXISTS (
           SELECT FROM journal AS line JOIN log_checkpoints AS newest ON newest.size > line.leaf
           WHERE line.section = $2 AND line.event = '{Event.BLIND_LABELLED}' AND newest.signers >= {QUORUM}
       ) END AS cosigned
FROM sections AS section
JOIN documents AS document ON document.section = section.id
LEFT JOIN opening_halts AS halt ON halt.section = section.id
WHERE section.id = $2
"""

HELD = f"""
SELECT draft.sealed, draft.version
FROM bids AS bid
LEFT JOIN bid_openings AS opening ON opening.bid = bid.id AND opening.stage = ANY ($5::text[])
LEFT JOIN mark_drafts AS draft ON draft.seat = $1 AND draft.bid = bid.id AND draft.item = $4
WHERE bid.id = $3 AND bid.section = $2 AND bid.state = '{BidState.OPENED}' AND opening.bid IS NULL
"""

KEEP = f"""
WITH kept AS (
    INSERT INTO mark_drafts (seat, bid, item, region, sealed, version, saved_at)
    VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp())
    ON CONFLICT (seat, bid, item)
        DO UPDATE SET sealed = excluded.sealed, version = excluded.version, saved_at = excluded.saved_at
)
INSERT INTO journal (event, actor, role, address, subject, section, region, facts)
VALUES ('{Event.MARK_DRAFTED}', $1, $7, $8, $9, $10, $4, $11)
"""


class Saved(NamedTuple):
    """What saving gave: the new version, and the other mark that stood there if it was not the one the page knew."""

    version: int
    overtaken: str | None


async def save_mark(
    database: Database, keys: KeyService, actor: Actor, bid: str, item: str, mark: str | None, known: int,
    *, reason: str | None = None, pins: Any = None, address: str | None = None,
) -> Saved:  # fmt: skip
    """Save what is given of the acting seat's mark, reason and pins, for a `bid` or its label; what is None stays.

    The last valid one counts. `known` is the version the page had, 0 for none. `marks.not-open`, `marks.locked`,
    `opening.…`, `evaluation.…` (bid, item, range, step), `marks.reason`, `marks.pins`, `paper.unknown` refuse, and then
    everything stays as it was.
    """
    require(actor, "mark.draft")
    async with database.bare() as connection, connection.transaction():
        seat = await connection.fetchrow(LOCK, actor.id)
        if seat is None:
            raise Problem("seat.unknown")
        place = await connection.fetchrow(PLACE, actor.id, seat["section"])
        _require_open(place, judge_id(seat["number"]))
        words = (
            None if reason is None else read_reason(reason, "$.reason"),
            None if pins is None else read_pins(pins, "$.pins"),
        )
        key, bid = bid, _checked(keys, place, bid, item, mark, words[1] or [])
        row = await connection.fetchrow(HELD, actor.id, place["id"], bid, item, list(LEFT_OUT))
        if row is None:
            raise Problem("evaluation.bid-unknown", path=f"$.{key}", bid=key)
        before = Draft("", 0)
        if row["version"] is not None:
            before = opened_draft(keys, (actor.id, bid, item), row["sealed"], row["version"])
        draft = _changed(before, mark, *words)
        ctx = database.context(actor, place["now"], address)
        await connection.execute(
            KEEP, actor.id, bid, item, place["region"],
            sealed_draft(keys, actor.id, bid, item, draft, ctx.random), draft.version,
            actor.role, ctx.address, f"{place['id']}#{judge_id(seat['number'])}", place["id"],
            json.dumps({"bid": key, "item": item}),
        )  # fmt: skip
    overtaken = before.mark and mark is not None and known != before.version and before.mark != mark
    return Saved(draft.version, before.mark if overtaken else None)


def _require_open(place: Any, judge: str) -> None:
    """`marks.locked`, `marks.not-open`, `evaluation.paused`, `marks.time-over`, `opening.…`, `examination.open`.

    Nobody marks before everything is ready for it, nor while the room is sealed or after the time set for it.
    """
    if place["locked"]:
        raise Problem("marks.locked", judge=judge)
    if place["state"] != SectionState.EVALUATING:
        raise Problem("marks.not-open", state=place["state"])
    if place["paused_at"] is not None:
        raise Problem("evaluation.paused", section=place["id"], since=place["paused_at"])
    require_time(place["marking_until"], place["now"], place["asked"], place["judges"])
    stages: Mapping[str, int] = json.loads(place["stages"] or "{}")
    halt = None
    if place["minimum"] is not None:
        halt = Halt(remaining=place["remaining"], minimum=place["minimum"], decision=place["decision"])
    require_opened(progress_of({Stage(stage): bids for stage, bids in stages.items()}, halt))
    if not place["examined"]:
        raise Problem("examination.open", section=place["id"])


def _checked(keys: KeyService, place: Any, key: str, item: str, mark: str | None, pins: list[Pin]) -> str:
    """The bid that is marked under a key, which for an item of a blind part is its label."""
    path = f"$.{key}"
    method = _method(place["method"])
    items = method.of_kind(ItemKind.SUBJECTIVE)
    fold = _fold(keys, place, method)
    bid = fold.bid_of(key, item)
    if bid is None:
        raise Problem("evaluation.bid-unknown", path=path, bid=key)
    if item not in items:
        raise Problem("evaluation.item-unknown", path=path, item=item)
    if mark is not None:
        with localcontext(EXACT):
            read_mark(mark, items[item], path)
        if len(mark) > LONGEST:
            raise Problem("marks.too-long", most=LONGEST)
    parts = json.loads(place["parts"]) if pins else []
    for pin in pins:
        shown = pin["part"] in parts and pin["part"] not in READ_OUT
        if not shown or fold.read_as(key, pin["part"]) is None:
            raise Problem("paper.unknown", part=pin["part"][:40])
    return bid


def _fold(keys: KeyService, place: Any, method: Method) -> Blindfold:
    blind = json.loads(place["blind"])
    if not blind:
        return Blindfold()
    if place["labels"] is None or not place["cosigned"]:
        raise Problem("blind.not-committed")
    return fold_of(opened_labels(keys, place["id"], place["labels"]), blind, method)


@lru_cache(maxsize=64)
def _method(document: str) -> Method:
    """A frozen method is asked for with every mark, and never changes."""
    return read_method(json.loads(document))


def _changed(before: Draft, mark: str | None, reason: str | None, pins: list[Pin] | None) -> Draft:
    return Draft(
        before.mark if mark is None else mark,
        before.version + 1,
        before.reason if reason is None else reason,
        before.pins if pins is None else pins,
    )
