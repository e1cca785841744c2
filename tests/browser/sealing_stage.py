"""A page with nothing on it but the sealing engine, under the product's content policy, and how Python talks to it."""

import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from browser_hall import LISTEN
from playwright.async_api import Browser, Page

from infra.kernel.canonical import b64
from web.security import HEADERS
from web.static import MEDIA, ROOT

# The scenes and vectors of the Python side; alone, this folder's tests would not find them.
sys.path.insert(0, str(Path(__file__).parents[1] / "crypto"))

from sealing_scene import CODE, FACTOR, Custody, Stream, a_bid, a_manifest, bidder_salt
from sealing_vectors import FILE, PLAIN

__all__ = [
    "CODE", "FACTOR", "FILE", "LARGE", "MODULES", "PLAIN", "Custody", "Stream", "a_bid", "a_manifest", "a_tab",
    "an_engine", "bidder_salt",
    "engine_served", "told",
]  # fmt: skip

MODULES = sorted(path.stem for path in (ROOT / "js" / "seal").glob("*.js") if not path.stem.endswith("worker"))
FOLDER = "/static/t/js/seal/"
LARGE: dict[str, bytes] = {}
"""Bytes too many for a call, by address: the page fetches what Python puts here, and the other way about."""
LOAD = """
async ([folder, names]) => {
  window.m = {};
  for (const name of names) m[name] = await import(folder + name + ".js");
  window.un = (text) => (text === null ? null : m.bytes.unb64(text));
  window.b64 = m.bytes.b64;
  window.pattern = (size) => {
    const made = new Uint8Array(size);
    for (let at = 0; at < size; at += 1) made[at] = at % 251;
    return made;
  };
  window.take = async (place) => new Uint8Array(await (await fetch(place)).arrayBuffer());
  window.give = (place, body) => fetch(place, { method: "PUT", body });
  window.keys = (told) => new Map(Object.entries(told).map(([number, key]) => [Number(number), un(key)]));
  window.facts = async (work) => {
    try { await work(); } catch (error) { return [error.code ?? `${error}`, error.facts]; }
    return null;
  };
  window.code = async (work) => (await facts(work))?.[0] ?? "nothing";
  window.codes = async (all, work) => {
    const found = [];
    for (const one of all) found.push(await code(() => work(one)));
    return found;
  };
  window.drawn = (text) => { let at = 0; const all = un(text); return (size) => all.slice(at, (at += size)); };
}
"""


class _Files(SimpleHTTPRequestHandler):
    """The product's static files with its headers, large bytes at `/large/…`, an empty page at every other address."""

    def do_GET(self) -> None:
        if self.path in LARGE:
            self._answer(LARGE[self.path], MEDIA.get(Path(self.path).suffix, "application/octet-stream"))
            return
        path = ROOT / self.path.removeprefix("/static/t/")
        known = self.path.startswith("/static/t/") and path.is_file()
        body = path.read_bytes() if known else b"<!doctype html><title>seal</title>"
        self._answer(body, MEDIA[path.suffix] if known else "text/html; charset=utf-8")

    def do_PUT(self) -> None:
        LARGE[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(b"", "text/plain")

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def engine_served() -> Iterator[str]:
    """The origin of the empty page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@asynccontextmanager
async def an_engine(browser: Browser, origin: str, path: str = "/") -> AsyncIterator[Page]:
    """A page in a context of its own, every module of the engine loaded as `m.<name>`."""
    context = await browser.new_context()
    await context.add_init_script(LISTEN)
    try:
        yield await a_tab(context, origin + path)
    finally:
        await context.close()


async def a_tab(context: Any, address: str) -> Page:
    """A further tab with the engine loaded."""
    page: Page = await context.new_page()
    await page.goto(address)
    await page.evaluate(LOAD, [FOLDER, MODULES])
    return page


def told(value: Any) -> Any:
    """A value for the page: bytes as base64, paths as text, tables and lists all through."""
    if isinstance(value, bytes):
        return b64(value)
    if isinstance(value, dict):
        return {str(key): told(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [told(item) for item in value]
    return str(value) if isinstance(value, Path) else value
