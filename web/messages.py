"""Collects every msgid of templates and code; `python -m web.messages` brings the .po up to date."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from web.i18n import LOCALE

ROOT = Path(__file__).parent
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


@cache
def messages() -> tuple[tuple[str, int, str | tuple[str, ...]], ...]:
    """(file, line, msgid) of everything that a page may say, read once; a tuple holds singular and plural."""
    found = extract_from_dir(ROOT, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=())
    return tuple((name, line, message) for name, line, message, _, _ in found if message and message[0])


def refreshed() -> Catalog:
    """The Chinese catalogue with every msgid in use, old ones dropped, translations kept."""
    path = LOCALE / "zh_CN" / "messages.po"
    book = Catalog(locale="zh_CN", project="Openhall", version="0.1", fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            book = read_po(file, locale="zh_CN")
    template = Catalog(project="Openhall")
    for name, _, message in messages():
        template.add(message, locations=[(name, 1)])
    book.update(template, no_fuzzy_matching=True)
    book.obsolete.clear()
    return book


def written() -> bytes:
    """The refreshed catalogue as a file, sorted by msgid, without lines that would change each time."""
    file = BytesIO()
    write_po(file, refreshed(), sort_output=True, no_location=True, omit_header=True, width=110)
    return file.getvalue()


def main() -> None:
    """Bring the catalogue's file up to date."""
    text = written()
    (LOCALE / "zh_CN" / "messages.po").write_bytes(text)


if __name__ == "__main__":
    main()
