"""Lines of an import file and notices for tests, built in one call."""

import json
from pathlib import Path
from typing import Any

from infra.db.work import Database
from infra.kernel.context import SYSTEM
from trading.notices.importing import Summary, import_file

REGION = "990100"


def a_line(number: int = 1, **changes: Any) -> dict[str, Any]:
    """One good line; `changes` replace values, None takes a key away."""
    line = {
        "date": "2025-06-13",
        "title": f"云湖大道（第{number}期）道路工程中标候选人公示",
        "project": f"云湖大道（第{number}期）道路工程",
        "publicity_period": "2025年06月13日 18时00分至2025年06月16日 18时00分",
        "candidates": [
            {"bidder": "云湖建工集团有限公司", "price_text": "9310000.00"},
            {"bidder": "青石建设有限公司", "price_text": "下浮率20.50%"},
        ],
        "notice_path": f"/jyxx/{number}.html",
    }
    return {name: value for name, value in (line | changes).items() if value is not None}


def a_file(folder: Path, *lines: dict[str, Any] | bytes) -> Path:
    """A file of these lines; bytes stand as they are."""
    path = folder / "results.jsonl"
    rows = [line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines]
    path.write_bytes(b"\n".join(rows) + b"\n")
    return path


async def take_over(database: Database, path: Path, origin: str = "yunhu") -> Summary:
    """Import a file as the system does."""
    return await import_file(database, SYSTEM, path, origin=origin, region=REGION)
