"""Search text as neighbouring pairs of characters: a tsvector literal for a text, a phrase query for whoever looks for it.

A text is folded (NFKC, case) and split into letters (letters, digits, marks of any script, also the private-use
characters that write rare names) and the rest. The letters, with everything else left out, form one run of
overlapping pairs, so that any substring is a phrase of consecutive pairs: 道路一期 is 道路, 路一, 一期. Pairs that
touch punctuation stand in a second run that keeps it; they are asked for only when a word holds fewer than two letters,
as in `）（`. The last character of a run also stands alone, so that one character is found as the beginning of a pair.
Blanks separate words in a query and count for nothing in a text.
"""

import unicodedata
from collections.abc import Iterable

LONGEST_TEXT = 1000
"""Characters of one field that can be searched."""

LONGEST_QUERY = 200
_LAST_POSITION = 16_383
_GAP = 2
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def search_vector(fields: Iterable[str]) -> str:
    """A PostgreSQL tsvector literal of the fields; pairs never reach from one field into the next."""
    places: dict[str, list[int]] = {}
    position = 1
    for field in fields:
        text = fold(field)[:LONGEST_TEXT]
        for run in (_pairs(_letters(text)), _punctuated(text)):
            for offset, lexeme in run:
                places.setdefault(lexeme, []).append(position + offset)
            position += len(text) + _GAP
        if position > _LAST_POSITION - 2 * (LONGEST_TEXT + _GAP):
            break
    return " ".join(f"{_quoted(lexeme)}:{','.join(map(str, found))}" for lexeme, found in places.items())


def search_query(text: str) -> str | None:
    """A PostgreSQL tsquery literal that finds every text holding each word; None when there is nothing to look for."""
    words = fold(text[:LONGEST_QUERY], keep_blanks=True).split()
    telling = [word for word in words if _letters(word)] or words
    return " & ".join(_phrase(_letters(word) if len(_letters(word)) > 1 else word) for word in telling) or None


def fold(text: str, *, keep_blanks: bool = False) -> str:
    """One form for all spellings: NFKC, caseless, without control characters and (unless kept) without blanks."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    spaced = "".join(" " if character.isspace() else character for character in folded)
    shown = "".join(character for character in spaced if unicodedata.category(character) not in _UNSEEN)
    return shown if keep_blanks else shown.replace(" ", "")


def _letters(text: str) -> str:
    return "".join(filter(_is_letter, text))


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PSZ"


def _pairs(text: str) -> list[tuple[int, str]]:
    return [(at, text[at : at + 2]) for at in range(len(text))]


def _punctuated(text: str) -> list[tuple[int, str]]:
    return [(at, pair) for at, pair in _pairs(text) if not all(map(_is_letter, pair))]


def _phrase(word: str) -> str:
    if len(word) == 1:
        return f"{_quoted(word)}:*"
    return "(" + " <-> ".join(_quoted(word[at : at + 2]) for at in range(len(word) - 1)) + ")"


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
