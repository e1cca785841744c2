"""Files that never change under one address, which carries a hash of the whole tree, so that caches keep them."""

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from web.visit import AnyRequest

ROOT = Path(__file__).parent / "static"
MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".html": "text/html; charset=utf-8",
    ".LICENSE": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".bcmap": "application/octet-stream",
    ".pfb": "application/octet-stream",
    ".ttf": "font/ttf",
}


@dataclass(frozen=True)
class StaticFile:
    """One file in memory, with its packed form where that is smaller."""

    body: bytes
    packed: bytes | None
    media_type: str


@cache
def tree() -> tuple[str, dict[str, StaticFile]]:
    """(hash of all names and contents, files by name), read once."""
    files, digest = {}, sha256(b"static-tree/v1\0")
    for path in sorted(path for path in ROOT.rglob("*") if path.suffix in MEDIA):
        name, body = path.relative_to(ROOT).as_posix(), path.read_bytes()
        digest.update(sha256(name.encode()).digest() + sha256(body).digest())
        packed = gzip.compress(body, 9, mtime=0)
        files[name] = StaticFile(body, packed if len(packed) < len(body) else None, MEDIA[path.suffix])
    return digest.hexdigest()[:16], files


def static_url(name: str) -> str:
    """The address of a file of `web/static`; an unknown name is a bug of the template."""
    version, files = tree()
    if name not in files:
        raise KeyError(f"no static file {name}")
    return f"/static/{version}/{name}"


@get("/static/{version:str}/{name:path}", opt={"audience": "public", "packed": True}, sync_to_thread=False)
def static_file(request: AnyRequest, version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """One file; kept for a year when the address names this very tree, else asked for again each time."""
    current, files = tree()
    file = files.get(name.lstrip("/"))
    if file is None:
        raise NotFoundException
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if version == current else "no-cache",
        "Vary": "Accept-Encoding",
    }
    body = file.body
    if file.packed and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = file.packed, "gzip"
    return Response(body, media_type=file.media_type, headers=headers)
