"""Every text of the catalogue can be filled in, in both languages, with the same names: no page breaks over a per cent sign."""

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from web.i18n import Language, catalogue
from web.messages import messages

NAMED = re.compile(r"%\((\w+)\)s")
BRACED = re.compile(r"\{(\w+)\}")


def texts() -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """(where it is said, the msgid's forms, its translation's forms) of everything that pages may say."""
    book, places = catalogue(Language.ZH).messages, defaultdict(set)
    for file, _, message in messages():
        places[(message,) if isinstance(message, str) else message].add(file)
    for forms, files in places.items():
        yield " ".join(sorted(files)), forms, book.get(forms[0], ())


def breaks(text: str) -> bool:
    """Whether filling the text in fails, or says something odd: a per cent sign that is neither a named hole nor doubled."""
    return "%" in NAMED.sub("", text.replace("%%", ""))


def faults(where: str, forms: tuple[str, ...], translated: tuple[str, ...]) -> list[str]:
    """What is wrong with one entry: a template fills in whatever it says, code only what has a named hole."""
    found = []
    for text in (*forms, *translated):
        filled = ".html" in where or NAMED.search(text)
        if filled and breaks(text):
            found.append(f"a lone % in {text!r}")
        if not filled and "%%" in text:
            found.append(f"a doubled % that nothing undoes in {text!r}")
    for holes in (NAMED, BRACED):
        own, theirs = ({name for text in group for name in holes.findall(text)} for group in (forms, translated))
        if translated and own != theirs:
            found.append(f"{forms[0]!r} names {sorted(own)}, its translation {sorted(theirs)}")
    return found


def test_every_text_can_be_filled_in_and_its_translation_names_the_same() -> None:
    assert [f"{where}: {fault}" for where, *entry in texts() for fault in faults(where, *entry)] == []


@pytest.mark.parametrize(
    ("where", "forms", "translated", "faulty"),
    [
        ("a.html", ("Save",), ("保存",), False),
        ("a.html", ("%(n)s %% below",), ("下浮 %(n)s%%",), False),
        ("a.html", ("2 per cent",), ("2%",), True),
        ("a.html", ("%(n)s done",), ("完成 %(n)s%",), True),
        ("a.html", ("%(n)s done",), ("完成 %(n)d",), True),
        ("a.html", ("%(n)s done",), ("完成",), True),
        ("a.html", ("one letter", "%(n)s letters"), ("%(n)s 封信",), False),
        ("a.py", ("{percent} % done",), ("完成 {percent}%",), False),
        ("a.py", ("{percent} % done",), ("完成",), True),
        ("a.py", ("2 %% off",), ("降 2%",), True),
        ("a.py", ("%(n)s % off",), ("降 %(n)s%%",), True),
    ],
)
def test_the_check_finds_what_would_break_a_page(
    where: str, forms: tuple[str, ...], translated: tuple[str, ...], faulty: bool
) -> None:
    assert bool(faults(where, forms, translated)) is faulty
