"""One opening of a file, many ranges: what proves, range by range, that the opening stands in journal and access log.

The first answer carries a token in `Openhall-Opening`. Whoever brings it back as `opening` asks for more of that file
within an hour and the same session; every other request counts as an opening of its own and is written down as one.
"""

import hmac
from datetime import UTC, datetime, timedelta

from infra.auth.keys import KeyService
from infra.kernel.canonical import b64, canonical

HEADER = "Openhall-Opening"
LASTS = timedelta(hours=1)
_LABEL = "opening of a paper"


def opening_token(keys: KeyService, session: str, key: str, part: str, now: datetime) -> str:
    """The token of an opening that is recorded now; `session` is what only this session of the reader has."""
    at = str(int(now.timestamp()))
    return f"{at}.{_proof(keys, session, key, part, at)}"


def opened_before(token: str, keys: KeyService, session: str, key: str, part: str, now: datetime) -> bool:
    """Whether this very file was opened, and that written down, in this session within the hour."""
    at, _, proof = token.partition(".")
    if not (at.isascii() and at.isdigit() and len(at) <= 12 and proof.isascii()):
        return False
    fresh = timedelta(0) <= now - datetime.fromtimestamp(int(at), UTC) < LASTS
    return fresh and hmac.compare_digest(proof, _proof(keys, session, key, part, at))


def _proof(keys: KeyService, session: str, key: str, part: str, at: str) -> str:
    tag = keys.tag(_LABEL, session, canonical([key, part, at]))
    return b64(tag).rstrip("=").replace("+", "-").replace("/", "_")
