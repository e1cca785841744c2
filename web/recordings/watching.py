"""Watching a recording: the player's page, playlist and parts of each source, the timeline; every minute is written down."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.access.actions import recorded, refused
from infra.access.rules import Read
from infra.auth.tables import Organisation
from infra.kernel.problems import Problem
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from trading.recordings.ledger import INIT
from trading.recordings.listing import shown
from trading.recordings.proving import proof_of
from trading.recordings.queries import open_gaps, remarks_of, streams_of, unstored
from trading.recordings.rules import checked_words
from trading.recordings.storing import BUCKET, part_key
from trading.recordings.tables import Recording, RecordingState, RecordingStream
from trading.recordings.timeline import playlist
from trading.recordings.watching import (
    Moment,
    given_reason,
    is_noted,
    minute_of,
    moments_of,
    part_to_watch,
    recording_to_watch,
    runs_seen,
    stream_to_watch,
    there,
)
from trading.sections.tables import Document
from web.forms import address
from web.i18n import N_
from web.labels import EVENTS
from web.recordings.disc import KINDS, WHYS
from web.recordings.viewings import seen_by
from web.recordings.words import GROUPS, READS, SOURCES, group_of
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

WATCHERS = {"audience": ("centre", "supervisor")}
WATCHED = {**WATCHERS, "reads": Read.RECORDING_WATCHED}
UNKEPT = {"Cache-Control": "no-store"}


class Told(NamedTuple):
    """A moment as the page tells it."""

    at: datetime
    group: str
    words: str
    judge: str
    beside: str


@get("/recordings/{recording:str}/watch", opt=WATCHED)
async def watch_page(
    recording: FromPath[str], request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The player, once it was said what the recording is watched for: `?why=…`, and `at=…` for where to begin."""
    asked = dict(visit.asked)
    async with recorded(stack.database, visit.actor, address(request), Read.RECORDING_WATCHED, recording) as look:
        found = await recording_to_watch(look.session, visit.actor, recording)
        look.section, look.facts = found.section, {"why": checked_words(asked.get("why", ""))}
        row = (await shown(look.session, recording, visit.now)).row
        streams = in_order(await streams_of(look.session, recording))
        moments = await moments_of(look.session, found, visit.now)
        names = await _names(look.session, found) if any(one.mark for one in moments) else {}
    async with stack.database.reading(visit.actor) as session:
        seen = await seen_by(session, recording)
    told = [_told(visit, one, names) for one in moments]
    return page(
        visit,
        "recordings/watch.html",
        demo=stack.demo,
        recording=found,
        row=row,
        streams=streams,
        moments=told,
        groups={name: words for name, words in GROUPS.items() if any(one.group == name for one in told)},
        seen=seen,
        at=_moment(asked.get("at", "")),
        why=asked.get("why", ""),
        kinds=KINDS,
        sources=SOURCES,
        reads=READS,
    )


@get("/recordings/{recording:str}/timeline.json", opt={**WATCHERS, "packed": True})
async def timeline(
    recording: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[dict[str, Any]]:
    """From when to when each source has a picture, its gaps with their reasons; all times in milliseconds since 1970."""
    async with stack.database.reading(visit.actor) as session:
        found = await recording_to_watch(session, visit.actor, recording)
        words = {
            (one.stream, one.seq): str(one.said["words"])
            for one in await remarks_of(session, recording)
            if one.said["about"] == "gap"
        }
        missing = await unstored(session, recording)
        sources = [
            await _source(session, visit, found, stream, words, bool(missing.get(stream.id)))
            for stream in in_order(await streams_of(session, recording))
        ]
    end = found.stopped_at or visit.now
    return Response(
        {
            "recording": found.id,
            "live": found.state == RecordingState.RUNNING,
            "since": _ms(found.opened_at),
            "until": max([_ms(end), *(run[1] for one in sources for run in one["runs"])]),
            "sources": sources,
        },
        headers=UNKEPT,
    )


@get("/recordings/{recording:str}/streams/{stream:str}/index.m3u8", opt={**WATCHERS, "packed": True})
async def index(
    recording: FromPath[str], stream: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The HLS playlist of a source (RFC 8216): one object a segment, each with the wall time it was taken at."""
    async with stack.database.reading(visit.actor) as session:
        found = await recording_to_watch(session, visit.actor, recording)
        source = await stream_to_watch(session, found, stream)
        ended = _ended(found, source, bool((await unstored(session, recording)).get(stream)))
        entries = await there(session, source, ended=ended)
    told = playlist(entries, lambda seq: f"{seq}.mp4", ended=ended)
    return Response(told, media_type="application/vnd.apple.mpegurl", headers=UNKEPT)


@get("/recordings/{recording:str}/streams/{stream:str}/proofs/{seq:int}", opt={**WATCHERS, "packed": True})
async def proof(
    recording: FromPath[str],
    stream: FromPath[str],
    seq: FromPath[int],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[dict[str, Any]]:
    """That one entry stands in its stream: {stream, proof, head}, `head` being the first one logged after it.

    `recording.part-unknown`; `recording.not-logged` before the next running head is logged, a minute at most.
    """
    async with stack.database.reading(visit.actor) as session:
        found = await recording_to_watch(session, visit.actor, recording)
        source = await stream_to_watch(session, found, stream)
        told = await proof_of(session, found, source, seq)
    return Response({"stream": source.header, **told}, headers=UNKEPT)


@get("/recordings/{recording:str}/streams/{stream:str}/{name:str}", opt={**WATCHED, "packed": True})
async def part(
    recording: FromPath[str],
    stream: FromPath[str],
    name: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[bytes]:
    """One part, `SEQ.mp4`. Who sees a minute of picture stands in the access log before its first byte is sent."""
    number = name.removesuffix(".mp4")
    seq = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0
    try:
        async with stack.database.reading(visit.actor) as session:
            found = await part_to_watch(session, visit.actor, recording, stream, seq)
            await given_reason(session, visit.actor, found.recording, visit.now)
            facts = minute_of(stream, found.entry)
            noted = found.entry["kind"] == INIT or await is_noted(
                session, visit.actor, found.recording, facts, visit.now
            )
    except Problem as problem:
        await refused(
            stack.database, visit.actor, address(request), Read.RECORDING_WATCHED, recording, code=problem.code
        )
        raise
    if not noted:
        told = {"section": found.recording.section, **facts}
        async with recorded(stack.database, visit.actor, address(request), Read.RECORDING_WATCHED, recording, **told):
            pass
    data = await stack.objects.get(BUCKET, part_key(stream, seq), found.version)
    return Response(data, media_type="video/mp4", headers=UNKEPT)


async def _source(
    session: AsyncSession,
    visit: Visit,
    recording: Recording,
    stream: RecordingStream,
    words: dict[tuple[str | None, int | None], str],
    missing: bool,
) -> dict[str, Any]:
    ended = _ended(recording, stream, missing)
    gaps = [
        {
            "since": gap.since,
            "until": gap.until,
            "why": visit.texts.gettext(WHYS.get(gap.why, WHYS["failed"])),
            "words": words.get((stream.id, gap.seq), ""),
        }
        for gap in await open_gaps(session, recording.id, stream.id)
    ]
    return {
        "stream": stream.id,
        "label": stream.header["label"],
        "kind": stream.header["kind"],
        "live": not ended,
        "runs": runs_seen(await there(session, stream, ended=ended)),
        "gaps": gaps,
    }


def in_order(streams: Sequence[RecordingStream]) -> list[RecordingStream]:
    """Sources as they are shown: mandatory ones first, then by their labels."""
    return sorted(streams, key=lambda one: (not one.mandatory, str(one.header["label"]), one.id))


def _ended(recording: Recording, stream: RecordingStream, missing: bool) -> bool:
    """Whether nothing is to come of a source any more."""
    return recording.state == RecordingState.CLOSED or not (
        recording.state == RecordingState.RUNNING or stream.running or missing
    )


async def _names(session: AsyncSession, recording: Recording) -> dict[str, str]:
    """What the items of the method and the bids' bidders are called, by their ids; asked for marks that are public."""
    document = await session.get(Document, recording.section)
    items = {} if document is None else {item: str(one.get("name", item)) for item, one in document.labels.items()}
    bidders = select(Bid.id, Organisation.name).join(Organisation, Organisation.id == Bid.bidder)
    rows = await session.execute(bidders.where(Bid.section == recording.section, Bid.state == BidState.OPENED))
    return items | {bid: name for bid, name in rows}


def _told(visit: Visit, moment: Moment, names: dict[str, str]) -> Told:
    judge = visit.texts.gettext(N_("Judge %(n)s")) % {"n": moment.judge[1:]} if moment.judge else ""
    beside = ""
    if moment.mark is not None:
        bid, item, mark = moment.mark
        beside = f"{names.get(bid, bid)} · {names.get(item, item)} · {mark}"
    return Told(moment.at, group_of(moment.event), visit.texts.gettext(EVENTS[moment.event]), judge, beside)


def _moment(text: str) -> int:
    """Where to begin, in milliseconds since 1970; 0 for the beginning."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


HANDLERS: list[ControllerRouterHandler] = [watch_page, timeline, index, proof, part]
