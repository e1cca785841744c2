"""The viewer of bids on a page of its own: real markup, script and content policy; files come from memory, by range."""

import json
import re
from dataclasses import dataclass, field

from browser_hall import Hall, opened
from playwright.async_api import Browser, Page, Route

from web.i18n import Language
from web.render import environment
from web.security import HEADERS

SHEET = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>标书</title>
{% for name in ("tokens", "ui", "judge", "papers") %}
<link rel="stylesheet" href="{{ static_url("css/" ~ name ~ ".css") }}">
{% endfor %}
<script type="module" src="{{ static_url("js/judge/papers/element.js") }}"></script></head>
{% import "layout/parts.html" as parts with context %}
{% import "judge/papers_viewer.html" as papers with context %}
<body><main class="reading"><h1 class="vh">标书</h1>{{ papers.viewer("left", files, quotes=True) }}</main></body></html>"""
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass
class Stand:
    """One page with a viewer; `files` are part → bytes, `asked` every range in order, `down` cuts the connection."""

    page: Page
    origin: str
    files: dict[str, bytes]
    asked: list[tuple[str, int, int]] = field(default_factory=list)
    openings: list[str] = field(default_factory=list)
    down: bool = False
    status: int | None = None

    async def open(self) -> None:
        """Go there and see the first file."""
        await self.page.goto(f"{self.origin}/stand")

    async def violations(self) -> list[str]:
        """What the content policy refused so far."""
        found: list[str] = await self.page.evaluate("window.violations")
        return found

    async def _answer(self, route: Route) -> None:
        if self.down:
            return await route.abort()
        if self.status is not None:
            return await route.fulfill(status=self.status)
        part = route.request.url.split("/")[-1].split("?")[0]
        data, asked = self.files[part], _RANGE.fullmatch(route.request.headers.get("range", ""))
        headers = {"Accept-Ranges": "bytes", "Cache-Control": "no-store"}
        if "opening=" not in route.request.url:
            self.openings.append(part)
            headers["Openhall-Opening"] = f"of-{part}"
        if asked is None:
            return await route.fulfill(status=200, headers=headers, body=data)
        start, stop = int(asked[1]), min(int(asked[2]) + 1, len(data))
        self.asked.append((part, start, stop))
        if start >= stop:
            return await route.fulfill(status=416, headers=headers)
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
        await route.fulfill(status=206, headers=headers, body=data[start:stop])


async def a_stand(browser: Browser, hall: Hall, files: dict[str, bytes], width: int = 1366) -> Stand:
    """A viewer of these files, not yet looked at."""
    page = await opened(browser, hall, width=width)
    stand = Stand(page, hall.origin, files)
    listed = [{"part": part, "name": part, "address": f"/stand/files/{part}"} for part in files]
    sheet = environment(Language.ZH).from_string(SHEET).render(files=listed)

    async def render(route: Route) -> None:
        await route.fulfill(headers=HEADERS, content_type="text/html", body=sheet)

    await page.route("**/stand", render)
    await page.route("**/stand/files/*", stand._answer)
    return stand


def told(parts: list[str]) -> str:
    """The value of `data-parts` for these."""
    return json.dumps([{"part": part, "name": part, "address": f"/stand/files/{part}"} for part in parts])
