"""A finished section's evidence with time tokens, and the ways to forge them; each with the code it is refused by."""

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from evidence_forging import Table
from evidence_log import Scene
from evidence_scenes import a_scene
from time_stamper import TimeStamper, founded

from infra.kernel.canonical import b64, canonical, read
from infra.tlog.proof import parse_proof
from infra.tlog.time_tokens import ask, stamped

MEMBER = "time-tokens.json"
NAME = "tsa.example"
Rows = list[dict[str, Any]]


@cache
def stamper() -> TimeStamper:
    """One authority for all tests of a process."""
    return founded(Path(tempfile.mkdtemp(prefix="stamper-")) / "authority")


@cache
def _token(content: bytes) -> bytes:
    return stamper().answer(ask(content))


def with_tokens(scene: Scene) -> Scene:
    """The scene, its closing and its published marks stamped."""

    def stamp(rows: Rows) -> None:
        scene.override[MEMBER] = canonical(
            [_row(row) for row in rows if _name(row) in ("section.closed", "marks.published")]
        )

    scene.rows.append(stamp)
    return scene


def stamped_scene() -> Scene:
    """A whole tender with two tokens."""
    return with_tokens(a_scene())


def _name(row: dict[str, Any]) -> str:
    return str(row["event"].partition('"event":"')[2].partition('"')[0])


def _row(row: dict[str, Any]) -> dict[str, Any]:
    note = parse_proof(row["proof"]).checkpoint
    content = stamped(note, note.partition("\n")[0])
    return {"number": row["link"]["number"], "authority": NAME, "proof": row["proof"], "token": b64(_token(content))}


def _changed(change: Callable[[Rows, Rows], None]) -> Callable[[Scene], None]:
    """A change of the tokens, given the rows of the events too."""

    def apply(scene: Scene) -> None:
        def forge(events: Rows) -> None:
            tokens = read(scene.override[MEMBER] or b"")
            change(tokens, events)
            scene.override[MEMBER] = canonical(tokens)

        scene.rows.append(forge)

    return apply


def _another_event(tokens: Rows, events: Rows) -> None:
    tokens[0]["number"] = next(row["link"]["number"] for row in events if _name(row) == "section.opened")


def _another_proof(tokens: Rows, events: Rows) -> None:
    tokens[0]["proof"] = tokens[1]["proof"]


def _anothers_token(tokens: Rows, events: Rows) -> None:
    tokens[0]["token"] = tokens[1]["token"]


def _extra(tokens: Rows, events: Rows) -> None:
    tokens[0]["proof"] = tokens[0]["proof"].replace("@v1\n", "@v1\nextra AAAA\n")


def _uncosigned(tokens: Rows, events: Rows) -> None:
    lines = tokens[0]["proof"].splitlines(keepends=True)
    tokens[0]["proof"] = "".join(lines[:-2])


TIMES: Table = {
    "a token about an event that does not bind": ("evidence.time-token", _changed(_another_event)),
    "a number that no event has": ("evidence.time-token", _changed(lambda tokens, _: tokens[0].update(number=2**20))),
    "the proof of another event": ("log.inclusion", _changed(_another_proof)),
    "the token of another checkpoint": ("log.time-token", _changed(_anothers_token)),
    "a proof with something unexplained": ("evidence.extra", _changed(_extra)),
    "a proof whose checkpoint lacks the quorum": ("log.quorum", _changed(_uncosigned)),
    "a row with a field more": ("evidence.field-unknown", _changed(lambda tokens, _: tokens[0].update(more="x"))),
    "a row without its authority": ("evidence.field-missing", _changed(lambda tokens, _: tokens[0].pop("authority"))),
    "a token that is no base64": ("base64.bad", _changed(lambda tokens, _: tokens[0].update(token="?"))),
}
