"""The lists of a frozen pool as a draw needs them, packed: about a hundred and fifty bytes for each line."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from expertpool.draw.entries import Entry
from infra.crypto.lottery import LEAF, Rows


class Kept(NamedTuple):
    """A line as the evidence tells it: whose it is stays behind `ia`."""

    leaf: bytes
    weight: int
    emp: str
    ia: bytes
    b: bytes


class Listing:
    """One specialty's list."""

    def __init__(self) -> None:
        self.rows = Rows()
        self._ia, self._b, self._persons = bytearray(), bytearray(), array("I")

    def add(self, line: Kept, person: int) -> None:
        """One more line, of the person at this place of the pool."""
        self.rows.add(line.leaf, line.weight, line.emp)
        self._ia += line.ia
        self._b += line.b
        self._persons.append(person)

    def ascending(self) -> Iterator[Kept]:
        """The lines in ascending order of their leaves."""
        for place in sorted(range(len(self.rows)), key=self.rows.leaf):
            row, at = self.rows[place], slice(LEAF * place, LEAF * (place + 1))
            assert row.emp is not None
            yield Kept(row.leaf, row.weight, row.emp, bytes(self._ia[at]), bytes(self._b[at]))

    def persons(self, leaves: Iterable[bytes]) -> dict[bytes, int]:
        """By leaf, the place in the pool of whoever stands under it; a leaf of another list is left out."""
        wanted = frozenset(leaves)
        return {leaf: self._persons[place] for place, leaf in enumerate(self.rows.each_leaf()) if leaf in wanted}


Lists = Mapping[str, Listing]


def listings(specialties: Iterable[str]) -> dict[str, Listing]:
    """An empty list for each specialty."""
    return {specialty: Listing() for specialty in specialties}


def list_entries(lists: Lists, entries: Iterable[Entry], first: int) -> None:
    """Add the lines of persons who stand in the pool from the place `first` on."""
    for person, entry in enumerate(entries, first):
        for specialty, row in entry.listed():
            lists[specialty].add(Kept(row.leaf, row.weight, row.emp, row.ia, row.b), person)
