"""The page on a disc: plain HTML with every source, its runs and gaps, and how to watch and verify without the platform."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from trading.recordings.discs import Shown
from trading.recordings.timeline import covered, gaps
from web.i18n import N_, Language, catalogue
from web.render import environment

KINDS = {
    "opening": N_("Opening"),
    "draw": N_("Draw"),
    "evaluation": N_("Evaluation"),
    "clarification": N_("Questions to a bidder (recorded)"),
}
WHYS = {
    "stopped": N_("recording was stopped"),
    "complete": N_("read to its end"),
    "ended": N_("the source ended its transmission"),
    "silent": N_("the source was silent"),
    "unreachable": N_("the source could not be reached"),
    "refused": N_("the source refused the account"),
    "unreadable": N_("the source sent something unreadable"),
    "codec-changed": N_("the source changed its picture format"),
    "time-jumped": N_("the source's clock jumped"),
    "disk-full": N_("the recorder's disk was full"),
    "tab-lost": N_("the tab was closed"),
    "track-ended": N_("the source was switched off"),
    "recorder-lost": N_("the recorder failed"),
    "recorder-stopped": N_("the recorder was stopped"),
    "failed": N_("the recorder could not go on"),
}


class GapShown(NamedTuple):
    """A gap for the page; `said` is the reason somebody gave."""

    since: datetime
    until: datetime | None
    why: str
    said: str


class SourceShown(NamedTuple):
    """A source for the page."""

    label: str
    playlist: str
    minutes: int
    gaps: list[GapShown]


def disc_page(language: Language, document: Mapping[str, Any], streams: Sequence[Shown]) -> bytes:
    """The page of a closed recording, as UTF-8; it needs no script and fetches nothing."""
    words = catalogue(language)
    said = {(one.get("stream"), one.get("seq")): str(one["words"]) for one in document["said"]}
    sources = [
        SourceShown(
            str(one.header["label"]),
            f"streams/{one.header['stream']}/index.m3u8",
            covered(row.entry for row in one.rows) // 60_000,
            [
                GapShown(
                    _at(gap.since),
                    None if gap.until is None else _at(gap.until),
                    words.gettext(WHYS.get(gap.why, WHYS["failed"])),
                    said.get((one.header["stream"], gap.seq), ""),
                )
                for gap in gaps(row.entry for row in one.rows)
            ],
        )
        for one in streams
    ]
    opened, closed = (datetime.fromisoformat(document[name]) for name in ("opened", "closed"))
    page = environment(language).get_template("recordings/disc.html")
    named = KINDS[document["kind"]]
    told = page.render(
        document=document, kind=words.gettext(named), opened=opened, closed=closed, sources=sources, tag=language.tag
    )
    return told.encode()


def _at(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, UTC)
