"""`openhall recompute KIND FILE`: recompute a decision from its evidence file, without server or database."""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, NamedTuple, cast

import click

from infra.kernel.canonical import read
from infra.kernel.fields import at, object_at
from infra.kernel.problems import Problem
from web.problems import told

KINDS = ("draw", "evaluation", "rating", "selection")
MOST_DIFFERENCES = 20
DECIDED = ("out", "reasons")
NOTHING = object()
AT_ONCE = 1000
IN_MEMORY = 8 * 1024 * 1024
"""What comes from a pipe and grows beyond this is kept on the disk."""


class Kind(NamedTuple):
    """How evidence of a kind is read and recomputed."""

    read: Callable[[BinaryIO], Any]
    recompute: Callable[[dict[str, Any]], dict[str, Any]]


@click.command("recompute")
@click.argument("kind")
@click.argument("file", type=click.Path(allow_dash=True))
def command(kind: str, file: str) -> None:
    """Recompute a decision (KIND: draw, evaluation, rating, selection) from its evidence FILE (- for stdin).

    Prints the same JSON with `out` filled. Exit code 0; 1 where FILE states another result, with the difference on
    stderr; 2 on bad input, with `code: reason` and the JSON path on stderr.
    """
    try:
        how = _of_kind(kind)
        with _opened(file) as stream:
            given = object_at(how.read(stream), "$")
        computed = how.recompute(given)
        printed = _printed(computed)
    except Problem as problem:
        print(told(problem), f"at {problem.facts.get('path', '$')}", sep="\n", file=sys.stderr)
        sys.exit(2)
    sys.stdout.buffer.writelines(printed)
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


def _of_kind(kind: str) -> Kind:
    if kind == "draw":
        from expertpool.draw.evidence import recompute as draw
        from expertpool.draw.evidence_pool import read_evidence
        from expertpool.draw.halves import tickets
        from expertpool.lotteries.rules import is_lottery, recompute_lottery

        return Kind(
            read_evidence, lambda found: recompute_lottery(found) if is_lottery(found) else draw(found, tickets)
        )
    if kind == "evaluation":
        from trading.evaluation.evidence import recompute as evaluation

        return Kind(lambda stream: read(stream.read()), evaluation)
    if kind == "rating":
        from marketplace.rating.evidence import recompute as rating

        return Kind(lambda stream: read(stream.read()), rating)
    if kind == "selection":
        from marketplace.selection.evidence import recompute as selection

        return Kind(lambda stream: read(stream.read()), selection)
    raise Problem("recompute.kind-unknown", kind=kind, kinds=", ".join(KINDS))


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    """The file from its beginning, to which one can go back; a pipe is copied first."""
    try:
        with click.open_file(file, "rb") as stream:
            if file != "-":
                yield cast(BinaryIO, stream)
                return
            with SpooledTemporaryFile(IN_MEMORY) as copy:
                shutil.copyfileobj(stream, copy)
                copy.seek(0)
                yield cast(BinaryIO, copy)
    except OSError as error:
        raise Problem("recompute.file", file=file, why=error.strerror) from error


def _printed(document: dict[str, Any]) -> Iterator[bytes]:
    """The document's JSON; a pool that is packed is written piece by piece, all else is sound before a byte is told."""
    packed = {name: value for name, value in document.items() if _is_packed(value)}
    try:
        whole = {
            name: json.dumps(value, ensure_ascii=False).encode()
            for name, value in document.items()
            if name not in packed
        }
        names = {name: json.dumps(name, ensure_ascii=False).encode() for name in document}
    except UnicodeEncodeError as error:
        raise Problem("json.bad", why="half of a surrogate pair") from error
    return _parts(names, whole, packed)


def _parts(names: dict[str, bytes], whole: dict[str, bytes], packed: dict[str, Sequence[Any]]) -> Iterator[bytes]:
    for place, (name, written) in enumerate(names.items()):
        yield (b", " if place else b"{") + written + b": "
        if name in whole:
            yield whole[name]
        else:
            yield from _array(packed[name])
    yield b"}\n"


def _array(items: Iterable[Any]) -> Iterator[bytes]:
    source, before = iter(items), b"["
    while batch := list(islice(source, AT_ONCE)):
        yield before + json.dumps(batch, ensure_ascii=False)[1:-1].encode()
        before = b", "
    yield b"]" if before == b", " else b"[]"


def _is_packed(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, list))


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
