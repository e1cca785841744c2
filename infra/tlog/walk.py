"""One walk over the leaves of a log, from a place whose subtrees are known: entries, hashes, periods, higher tiles."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from infra.crypto import merkle
from infra.kernel.problems import Problem
from infra.tlog.checkpoint import Checkpoint
from infra.tlog.memory import Memory, Place, Span, Tally
from infra.tlog.periods import Period, Shown, read_periods, read_shown, tell_apart
from infra.tlog.source import SMALL, Source
from infra.tlog.tiles import ENTRIES, WIDTH, Tile, index_path, parse_bundle, read_hashes, tile_at, tiles_of

MOST_PERIODS = 67_108_864
"""Bytes of the list of periods: in short ones of a demonstration a few months."""
KEPT_EVERY = 256
"""Bundles after which a walk is kept, so that it can be broken off."""


def fetched(source: Source, path: str, most: int = SMALL) -> bytes:
    """A file that must be there; `log.file-missing`."""
    data = source.fetch(path, most)
    if data is None:
        raise Problem("log.file-missing", path=path)
    return data


def fetch_tile(source: Source, tile: Tile) -> bytes:
    """A tile that the checkpoint promises; `log.file-missing`, `log.source-size`."""
    return fetched(source, tile.path, WIDTH * (2 + 32))


class Walk:
    """A walk to `size`. After `go`: the `root` it led to, whether it `forked` from `known`, and what to remember."""

    def __init__(self, source: Source, size: int, memory: Memory, known: Checkpoint | None) -> None:
        self._source, self._size, self._known = source, size, known
        self._periods = read_periods(source.fetch("periods.json", MOST_PERIODS) or b"[]", size)
        self._check_known(memory)
        self.start = memory.behind(min([min(memory.place.size, size), *self._to_tell(memory)]))
        self.memory = memory
        self.forked = False
        self.tiles = 0
        self.root = b""
        self._frontier = merkle.Frontier(self.start.size, self.start.nodes)
        self._complete: dict[int, bytes] = {}
        self._told: dict[int, Tally] = {}

    def go(self, keep: Callable[[Memory], None], tell: Callable[[int, int], None]) -> None:
        """Walk to the end; Problems say what does not hold."""
        self._note_place(self.start.size)
        for index in range(self.start.size // WIDTH, -(-self._size // WIDTH)):
            self._bundle(index)
            tell(self._frontier.size, self._size)
            if index % KEPT_EVERY == KEPT_EVERY - 1:
                self._keep_place()
                keep(self.memory)
        self._keep_place()
        self.root = self._frontier.root()
        self._higher()

    def _check_known(self, memory: Memory) -> None:
        """What a period committed to cannot change between two runs."""
        begun = {one.first: one.commitment for one in self._periods}
        for span in memory.spans:
            if begun.get(span.start.size, span.commitment) != span.commitment:
                raise Problem("log.periods", why=f"period {span.start.size} committed to another key before")

    def _to_tell(self, memory: Memory) -> list[int]:
        """Where periods begin that were never seen, or whose key is open and whose leaves were never told apart."""
        seen = {span.start.size: span.checked for span in memory.spans}
        opened = [period.first for period, _ in self._opened() if not seen.get(period.first, False)]
        return [*opened, *(one.first for one in self._periods if one.first not in seen)]

    def _bundle(self, index: int) -> None:
        bundle = tile_at(ENTRIES, index, self._size)
        entries = _entries(bundle, fetch_tile(self._source, bundle))
        hashes = [merkle.leaf_hash(one) for one in entries]
        leaves = Tile(0, index, bundle.width)
        if read_hashes(leaves, fetch_tile(self._source, leaves)) != hashes:
            raise Problem("log.tile-differs", path=leaves.path)
        self.tiles += 2
        first = index * WIDTH
        done = self._frontier.size - first
        for place, leaf in enumerate(hashes[done:], first + done):
            self._frontier.append(leaf)
            self._note_place(place + 1)
        if bundle.width == WIDTH:
            self._complete[index] = merkle.root(hashes)
        self._tell_apart(index, list(enumerate(entries, first))[done:])

    def _note_place(self, size: int) -> None:
        """What is to be noted where `size` leaves lie behind: the remembered root, the beginning of a period."""
        if self._known is not None and size == self._known.size:
            self.forked = self._frontier.root() != self._known.root
        began = next((one for one in self._periods if one.first == size), None)
        if began is not None and all(span.start.size != size for span in self.memory.spans):
            span = Span(Place(size, self._frontier.nodes), began.commitment)
            self.memory = replace(self.memory, spans=(*self.memory.spans, span))

    def _tell_apart(self, index: int, entries: list[tuple[int, bytes]]) -> None:
        """Check what periods say of these leaves, and tell those of opened periods apart."""
        by_place = dict(entries)
        for period in self._periods:
            if by_place.get(period.begun.leaf, period.begun.entry) != period.begun.entry:
                raise Problem("log.periods", why=f"leaf {period.begun.leaf} is not the beginning of a period")
        wanted = [(period, end) for period, end in self._opened() if not self._is_checked(period)]
        here = [(period, end) for period, end in wanted if any(period.first <= place < end for place in by_place)]
        if not here:
            return
        shown = self._shown(index, by_place)
        for period, end in here:
            assert period.key is not None
            inside = [(place, found) for place, found in entries if period.first <= place < end]
            dummies, told, hidden = tell_apart(inside, period.key, shown)
            tally = self._told.get(period.first, Tally()).plus(Tally(dummies, len(told), len(hidden)))
            self._told[period.first] = tally
            if self._frontier.size >= end:
                self._settle(period, tally)

    def _opened(self) -> list[tuple[Period, int]]:
        """Periods with an open key, and where the next one begins: the last has no end yet."""
        return [(period, after.first) for period, after in pairwise(self._periods) if period.key is not None]

    def _is_checked(self, period: Period) -> bool:
        return any(span.checked for span in self.memory.spans if span.start.size == period.first)

    def _settle(self, period: Period, tally: Tally) -> None:
        spans = [replace(one, checked=one.checked or one.start.size == period.first) for one in self.memory.spans]
        self.memory = replace(self.memory, spans=tuple(spans), tally=self.memory.tally.plus(tally))

    def _shown(self, index: int, entries: dict[int, bytes]) -> dict[int, Shown]:
        """The disclosed events of one bundle, each of which must be the leaf that it claims to be."""
        path = f"events/{index_path(index)}.json"
        found = {one.leaf: one for one in read_shown(self._source.fetch(path) or b"[]", path)}
        for place, one in found.items():
            if entries.get(place, one.entry) != one.entry:
                raise Problem("log.disclosed", path=path, why=f"leaf {place} is another")
        return found

    def _keep_place(self) -> None:
        if self._frontier.size > self.memory.place.size:
            self.memory = replace(self.memory, place=Place(self._frontier.size, self._frontier.nodes))

    def _higher(self) -> None:
        """Tiles above the leaves' hold the roots of those below them."""
        known = {(1, index): hash_ for index, hash_ in self._complete.items()}
        for tile in tiles_of(self._size):
            if tile.level == 0 or not any((tile.level, tile.index * WIDTH + at) in known for at in range(tile.width)):
                continue
            hashes = read_hashes(tile, fetch_tile(self._source, tile))
            places = enumerate(hashes, tile.index * WIDTH)
            if any(known.get((tile.level, place), found) != found for place, found in places):
                raise Problem("log.tile-differs", path=tile.path)
            if tile.width == WIDTH:
                known[tile.level + 1, tile.index] = merkle.root(hashes)
            self.tiles += 1


def _entries(tile: Tile, data: bytes) -> list[bytes]:
    found = parse_bundle(data)
    if len(found) != tile.width or any(len(one) != 32 for one in found):
        raise Problem("tile.size", path=tile.path, bytes=len(data))
    return found
