"""How much of a bid's text stands in another's too 文本相似度: sentence by sentence, those of the tender document left out.

Pure. Two sentences are the same where they differ in no more than `NEAR` allows; what is compared is said in
`docs/formats/checks.md`, so that anybody who has two files can count again.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple
from unicodedata import normalize
from zlib import crc32

from rapidfuzz import fuzz

SHORTEST, LONGEST = 12, 400
NEAR = 90
"""Similarity of two sentences in per cent (twice the longest common subsequence over both lengths) from which they are one."""
LEAST_TEXT, LEAST_SENTENCES = 200, 5
"""Characters and sentences of its own that a text needs to be compared."""
MOST_EVIDENCE = 60
GRAM, MARKS = 6, 6
CROWDED = 60
"""A mark found in so many sentences of one text says nothing; its sentences are then found by others."""
PARAGRAPH = "\x1e"
"""Ends a sentence in a text of paragraphs, where a line break does not."""
_ENDS = re.compile(f"[。!?;{PARAGRAPH}]+")
_BLANK = re.compile(r"\s+")


class Sentence(NamedTuple):
    """A sentence without blanks, full-width signs made half-width, and the page it begins on (from 1)."""

    page: int
    text: str


class Match(NamedTuple):
    """Two sentences that are one, and how near they are in per cent."""

    one: Sentence
    other: Sentence
    near: int


class Alike(NamedTuple):
    """The share of the shorter text that stands in the other one, characters counted, and where."""

    share: Fraction
    matches: tuple[Match, ...]
    matched: int


def sentences(pages: Iterable[str]) -> list[Sentence]:
    """The sentences of a text page by page; line breaks within a sentence are no ends in files of pages."""
    found = []
    for number, page in enumerate(pages, 1):
        for piece in _ENDS.split(normalize("NFKC", page).replace("\n", "")):
            text = _BLANK.sub("", piece)
            parts = (text[at : at + LONGEST] for at in range(0, len(text), LONGEST))
            found += [Sentence(number, part) for part in parts if len(part) >= SHORTEST]
    return found


def own(found: Sequence[Sentence], given: Iterable[str]) -> list[Sentence]:
    """What remains without the sentences that the tender document itself has, each once."""
    known = {one.text for one in sentences(given)}
    kept: dict[str, Sentence] = {}
    for one in found:
        if one.text not in known:
            kept.setdefault(one.text, one)
    return list(kept.values())


class Text:
    """A text made ready to be compared: its own sentences, and where each is looked up."""

    def __init__(self, found: Sequence[Sentence]) -> None:
        self.sentences = found
        self.size = sum(len(one.text) for one in found)
        self.exact = {one.text: one for one in found}
        self.marks = {one.text: _marks(one.text) for one in found}
        self.all_marks = {mark for marks in self.marks.values() for mark in marks}
        index: dict[int, list[Sentence]] = defaultdict(list)
        for one in found:
            for mark in self.marks[one.text]:
                index[mark].append(one)
        self.index = {mark: some for mark, some in index.items() if len(some) <= CROWDED}

    def nearest(self, text: str, marks: Iterable[int]) -> tuple[Sentence, int] | None:
        """The sentence that is one with another text's, and how near it is."""
        if text in self.exact:
            return self.exact[text], 100
        best: tuple[Sentence, int] | None = None
        for candidate in dict.fromkeys(one for mark in marks for one in self.index.get(mark, ())):
            near = int(fuzz.ratio(text, candidate.text, score_cutoff=NEAR))
            if near >= NEAR and (best is None or near > best[1]):
                best = candidate, near
        return best


def compared(one: Text, other: Text) -> Alike | None:
    """How alike two texts are; None where one of them has too little of its own."""
    if min(one.size, other.size) < LEAST_TEXT or min(len(one.sentences), len(other.sentences)) < LEAST_SENTENCES:
        return None
    turned = one.size > other.size
    short, long = (other, one) if turned else (one, other)
    found = []
    for sentence in short.sentences:
        near = long.nearest(sentence.text, short.marks[sentence.text])
        if near is not None:
            pair = (near[0], sentence) if turned else (sentence, near[0])
            found.append(Match(*pair, near[1]))
    common = sum(len((match.other if turned else match.one).text) for match in found)
    shown = sorted(sorted(found, key=lambda match: (-len(match.one.text), match.one))[:MOST_EVIDENCE])
    return Alike(Fraction(common, short.size), tuple(shown), len(found))


def pairs(texts: Mapping[str, Text], least: Fraction) -> list[tuple[str, str, Alike]]:
    """Every two texts of which at least that share is common, the most alike first."""
    found = []
    for name, other in combinations(sorted(texts), 2):
        if len(texts[name].all_marks & texts[other].all_marks) < MARKS:
            continue
        told = compared(texts[name], texts[other])
        if told is not None and told.share >= least:
            found.append((name, other, told))
    return sorted(found, key=lambda one: (-one[2].share, one[0], one[1]))


def _marks(text: str) -> tuple[int, ...]:
    """The smallest checksums of a sentence's runs of characters: near sentences share at least one of them."""
    return tuple(sorted({crc32(text[at : at + GRAM].encode()) for at in range(len(text) - GRAM + 1)})[:MARKS])
