"""Whatever the system says to a person it says in Chinese and in English, and no template speaks by itself."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import pytest
from jinja2 import Environment
from places import ROOT, sources, told

from infra.kernel.events import Event
from web.i18n import LOCALE, Language, catalogue
from web.labels import EVENTS
from web.messages import messages, written
from web.problems import sentences

CODE = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")
HAN = re.compile(r"[\u4e00-\u9fff]")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;!?]|[,;!?][\u4e00-\u9fff]")
SPOKEN = ("alt", "title", "placeholder", "aria-label", "label", "summary", "value", "content")
NOT_SPOKEN = {"viewport": "content"}


def raised() -> Iterator[tuple[str, str]]:
    """(place, code) of every `Problem("noun.reason")` in the source, f-strings and names left out."""
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Problem"
                and node.args
            ):
                for value in ast.walk(node.args[0]):
                    if isinstance(value, ast.Constant) and isinstance(value.value, str) and CODE.fullmatch(value.value):
                        yield f"{told(path)}:{node.lineno}", value.value


def test_every_problem_code_has_its_sentence_in_both_languages() -> None:
    known = sentences()
    assert [(place, code) for place, code in raised() if code not in known] == []


def test_every_sentence_is_whole_and_speaks_its_language() -> None:
    for code, sentence in sentences().items():
        assert CODE.fullmatch(code), code
        assert 400 <= sentence.status <= 599, code
        assert all(part.strip() for part in (*sentence.zh, *sentence.en)), code
        assert all(HAN.search(part) for part in sentence.zh), code
        assert not any(HAN.search(part) for part in sentence.en), code


def test_the_holes_of_a_sentence_are_plain_names() -> None:
    for code, sentence in sentences().items():
        holes = [
            name
            for part in (*sentence.zh, *sentence.en)
            for _, name, _, _ in Formatter().parse(part)
            if name is not None
        ]
        assert all(name.isidentifier() for name in holes), code


def test_chinese_sentences_use_full_width_punctuation() -> None:
    wrong = [code for code, sentence in sentences().items() if any(HALF_WIDTH.search(part) for part in sentence.zh)]
    assert wrong == []


def test_every_event_has_its_words() -> None:
    assert set(Event) - set(EVENTS) == set()


def test_every_msgid_in_use_is_translated_and_none_is_left_over() -> None:
    book = catalogue(Language.ZH).messages
    used = {message if isinstance(message, str) else message[0] for _, _, message in messages()}
    assert used - set(book) == set()
    assert set(book) - used == set()


def test_refreshing_the_catalogue_changes_nothing() -> None:
    assert written() == (LOCALE / "zh_CN" / "messages.po").read_bytes()


def test_translations_keep_the_placeholders_of_their_msgid() -> None:
    holes = re.compile(r"%\((\w+)\)s")
    for message, texts in catalogue(Language.ZH).messages.items():
        for text in texts:
            assert set(holes.findall(text)) <= set(holes.findall(message)), message


def test_chinese_texts_use_full_width_punctuation() -> None:
    wrong = [text for texts in catalogue(Language.ZH).messages.values() for text in texts if HALF_WIDTH.search(text)]
    assert wrong == []


class Spoken(HTMLParser):
    """Collects what a template would say by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self._note(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name in SPOKEN:
            if name != NOT_SPOKEN.get(given.get("name") or "") and (name != "value" or given.get("type") == "submit"):
                self._note(given.get(name) or "")
        if "style" in given or any(name.startswith("on") for name in given):
            self.found.append(f"inline style or script in <{tag}>")
        if tag == "style" or (tag == "script" and "src" not in given):
            self.found.append(f"inline <{tag}>")

    def _note(self, text: str) -> None:
        if any(character.isalpha() for character in text):
            self.found.append(text.strip())


def plain(template: str) -> str:
    """A template with everything between Jinja's braces replaced by a blank."""
    parts, depth = [], 0
    for _, kind, text in Environment().lex(template):
        if kind.endswith("_begin"):
            depth += 1
        elif kind.endswith("_end"):
            depth -= 1
            parts.append(" ")
        elif depth == 0 and kind == "data":
            parts.append(text)
    return "".join(parts)


@pytest.mark.parametrize("path", sorted((ROOT / "web" / "templates").rglob("*.html")), ids=told)
def test_a_template_says_nothing_outside_the_catalogue_and_has_no_inline_style_or_script(path: Path) -> None:
    spoken = Spoken()
    spoken.feed(plain(path.read_text("utf-8")))
    assert spoken.found == []
