"""Times as a clerk types them: platform time, UTC+8."""

import re
from datetime import datetime

from trading.regimes.china import SHANGHAI

_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?", re.ASCII)


def local_instant(text: str) -> datetime | None:
    """The instant of `2026-11-23T09:00` in platform time; None for what is none."""
    if not _LOCAL.fullmatch(text.strip()):
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
