"""The offline sealing page: one file for a machine without a network, made of the same modules as the bid room."""

import json
import posixpath
import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency
from markupsafe import escape

from infra.kernel.canonical import b64
from web.bidder.words import WORDS, refusals_in, spoken_in
from web.i18n import N_, Language, catalogue
from web.public.section_view import PARTS
from web.render import environment
from web.static import ROOT
from web.visit import Visit

ENTRY = "js/offline/page.js"
VERSION = "openhall-web 0.1.0 offline"
IMPORTED = re.compile(r'(\bfrom\s*|\bimport\s*\(?\s*)"(\.{1,2}/[^"]+\.js)"')
SHELL = Path(__file__).with_name("offline_shell.html")
"""What no template of the site may have: a policy, style and scripts of its own inside the page."""
TITLE = N_("Seal a bid offline")
KEYSET = N_("Section {section}, deadline {deadline} (UTC), sealed to {people}. SHA-256 of the keyset: {hash}")


class Offline(NamedTuple):
    """The file, and its SHA-256 in lower-case hexadecimal digits, which the platform shows for comparison."""

    body: bytes
    digest: str


@cache
def offline_page(language: Language) -> Offline:
    """The page in a language; the same bytes as long as the program is the same.

    Its own policy forbids every connection; the modules stand in it as data and run from addresses of this document.
    """
    modules = modules_of(ENTRY)
    told = json.dumps({"version": VERSION, "order": list(modules), "code": modules}, ensure_ascii=False)
    loader, style = _text("js/offline/loader.js"), _text("css/offline.css")
    policy = (
        f"default-src 'none'; script-src 'sha256-{_hash(loader)}' blob:; style-src 'sha256-{_hash(style)}'; "
        "connect-src 'none'; form-action 'none'; base-uri 'none'"
    )
    words = {**WORDS, "keyset": KEYSET}
    names = json.dumps({part: catalogue(language).gettext(text) for part, text in PARTS.items()}, ensure_ascii=False)
    main = (
        environment(language)
        .get_template("bidder/offline.html")
        .render(
            names=PARTS,
            facts={
                "data-part-names": names,
                "data-words": spoken_in(language, words),
                "data-refusals": refusals_in(language),
            },
        )
    )
    title, code = escape(catalogue(language).gettext(TITLE)), told.replace("<", "\\u003c")
    data = (
        Template(SHELL.read_text("utf-8"))
        .substitute(lang=language.tag, policy=policy, title=title, style=style, main=main, modules=code, loader=loader)
        .encode()
    )
    return Offline(data, sha256(data).hexdigest())


def modules_of(entry: str) -> dict[str, str]:
    """An ES module and all that it imports, by name below `static`, the imported ones first, imports as `module:NAME`."""
    found: dict[str, str] = {}
    way: list[str] = []

    def visit(name: str) -> None:
        if name in way:
            raise ValueError(f"modules import each other: {way}")
        if name in found:
            return
        way.append(name)
        text, folder = _text(name), posixpath.dirname(name)

        def wanted(match: re.Match[str]) -> str:
            other = posixpath.normpath(posixpath.join(folder, match[2]))
            visit(other)
            return f'{match[1]}"module:{other}"'

        rewritten = IMPORTED.sub(wanted, text)
        way.pop()
        found[name] = rewritten

    visit(entry)
    return found


@get("/seal-offline.html", opt={"audience": "public"}, sync_to_thread=False)
def offline_file(visit: NamedDependency[Visit]) -> Response[bytes]:
    """The page to be saved and carried to another machine; never run from here, for this site's policy would not let it."""
    page = offline_page(visit.language)
    headers = {"Content-Disposition": 'attachment; filename="seal-offline.html"', "X-Content-SHA256": page.digest}
    return Response(page.body, media_type="text/html; charset=utf-8", headers=headers)


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def _hash(text: str) -> str:
    return b64(sha256(text.encode()).digest())


HANDLERS = [offline_file]
