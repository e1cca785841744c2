"""`openhall recompute KIND FILE`: recompute a decision from its evidence file, without server or database."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click

from infra.kernel.canonical import read
from infra.kernel.fields import at, object_at
from infra.kernel.problems import Problem
from web.problems import told

KINDS = ("draw", "evaluation")
LATER = ("rating", "selection")
MOST_DIFFERENCES = 20
DECIDED = ("out", "reasons")
NOTHING = object()

Recompute = Callable[[dict[str, Any]], dict[str, Any]]


@click.command("recompute")
@click.argument("kind")
@click.argument("file", type=click.Path(allow_dash=True))
def command(kind: str, file: str) -> None:
    """Recompute a decision (KIND: draw, evaluation) from its evidence FILE (- for stdin).

    Prints the same JSON with `out` filled. Exit code 0; 1 where FILE states another result, with the difference on
    stderr; 2 on bad input, with `code: reason` and the JSON path on stderr.
    """
    try:
        recompute = _of_kind(kind)
        given = object_at(read(_content(file)), "$")
        computed = recompute(given)
        printed = _printed(computed)
    except Problem as problem:
        print(told(problem), f"at {problem.facts.get('path', '$')}", sep="\n", file=sys.stderr)
        sys.exit(2)
    sys.stdout.buffer.write(printed)
    sys.stdout.buffer.flush()
    sys.exit(_report([*differences(given, computed)]))


def differences(given: dict[str, Any], computed: dict[str, Any]) -> Iterator[str]:
    """One line, with its JSON path, for every value of a stated result that recomputing does not give."""
    for part, path in (("", "$"), ("draw", "$.draw"), ("evidence", "$.evidence")):
        holder = given.get(part) if part else given
        if isinstance(holder, dict):
            found = computed[part] if part else computed
            for name in DECIDED:
                if name in holder:
                    yield from _unlike(holder[name], found[name], at(path, name))


def _of_kind(kind: str) -> Recompute:
    if kind == "draw":
        from expertpool.draw.evidence import recompute as draw
        from expertpool.lotteries.rules import is_lottery, recompute_lottery

        return lambda document: recompute_lottery(document) if is_lottery(document) else draw(document)
    if kind == "evaluation":
        from trading.evaluation.evidence import recompute as evaluation

        return evaluation
    if kind in LATER:
        raise Problem("recompute.kind-later", kind=kind, kinds=", ".join(KINDS))
    raise Problem("recompute.kind-unknown", kind=kind, kinds=", ".join(KINDS))


def _content(file: str) -> bytes:
    try:
        with click.open_file(file, "rb") as stream:
            content: bytes = stream.read()
            return content
    except OSError as error:
        raise Problem("recompute.file", file=file, why=error.strerror) from error


def _printed(document: dict[str, Any]) -> bytes:
    try:
        return json.dumps(document, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError as error:
        raise Problem("json.bad", why="half of a surrogate pair") from error


def _unlike(given: Any, computed: Any, path: str) -> Iterator[str]:
    if isinstance(given, dict) and isinstance(computed, dict):
        for key in [*given, *(key for key in computed if key not in given)]:
            yield from _unlike(given.get(key, NOTHING), computed.get(key, NOTHING), at(path, key))
    elif isinstance(given, list) and isinstance(computed, list) and len(given) == len(computed):
        for place, (one, other) in enumerate(zip(given, computed, strict=True)):
            yield from _unlike(one, other, at(path, place))
    elif type(given) is not type(computed) or given != computed:
        yield f"{path}: the file says {_brief(given)}, recomputed {_brief(computed)}"


def _brief(value: Any) -> str:
    text = "nothing" if value is NOTHING else json.dumps(value)
    return text if len(text) <= 200 else text[:200] + "…"


def _report(lines: list[str]) -> int:
    for line in lines[:MOST_DIFFERENCES]:
        print(line, file=sys.stderr)
    if len(lines) > MOST_DIFFERENCES:
        print(f"… and {len(lines) - MOST_DIFFERENCES} more differences", file=sys.stderr)
    return 1 if lines else 0
