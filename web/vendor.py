"""Vendored browser files: `python -m web.vendor` fetches them anew by npm as their locks name them, and notes the hashes.

Needed only to take a newer version; nothing of this runs in production. A lock is a list of packages with name, version,
licence, use, `sources` (our file name → path in the npm package; both end in `/` for a whole folder) and `files`
(our file name → SHA-256).
"""

import json
import subprocess
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (ROOT / "web/static/vendor", ROOT / "tests/browser/vendor")


def refresh(folder: Path) -> None:
    """Fetch every package of a folder's lock and write files and hashes; npm's own refusal ends it."""
    lock = folder / "lock.json"
    packages: list[dict[str, Any]] = json.loads(lock.read_text("utf-8"))
    for package in packages:
        package["files"] = _fetched(package, folder)
    lock.write_text(json.dumps(packages, indent=1) + "\n", "utf-8")


def _fetched(package: dict[str, Any], folder: Path) -> dict[str, str]:
    hashes = {}
    with TemporaryDirectory() as place:
        wanted = f"{package['name']}@{package['version']}"
        packed = subprocess.run(
            ["npm", "pack", wanted, "--silent"], cwd=place, check=True, capture_output=True, text=True
        )
        with tarfile.open(Path(place) / packed.stdout.strip().splitlines()[-1]) as archive:
            for name, source in _each(package["sources"], archive.getnames()):
                member = archive.extractfile(f"package/{source}")
                if member is None:
                    raise FileNotFoundError(f"{wanted} has no file {source}")
                body = member.read()
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(body)
                hashes[name] = sha256(body).hexdigest()
    return hashes


def _each(sources: dict[str, str], known: list[str]) -> Iterator[tuple[str, str]]:
    """(our file name, path in the package), folders file by file."""
    for name, source in sources.items():
        if not name.endswith("/"):
            yield name, source
            continue
        inside = sorted(one for one in known if one.startswith(f"package/{source}"))
        for one in inside:
            path = one.removeprefix("package/")
            yield name + path.removeprefix(source), path


if __name__ == "__main__":
    for one in FOLDERS:
        refresh(one)
