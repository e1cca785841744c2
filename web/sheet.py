"""A rendered page whose clock and countdowns are filled in only when it is sent, so that it may be kept for a while."""

from datetime import datetime
from hashlib import sha256

from markupsafe import Markup

from infra.edge import random_bytes
from web.i18n import Language, left, moment, next_midnight

_MARK = "\x1a" + random_bytes(16).hex()


class Moving:
    """Handed to one rendering: puts a mark where a text moves with the clock, and notes what is for one person alone."""

    def __init__(self) -> None:
        self.places: list[datetime | None] = []
        self.personal = False

    def clock(self) -> Markup:
        """The platform's time when the page is sent."""
        return self._mark(None)

    def left(self, until: datetime) -> Markup:
        """The time left until an instant that lies ahead of the rendering."""
        return self._mark(until)

    def _mark(self, until: datetime | None) -> Markup:
        self.places.append(until)
        return Markup(f"{_MARK}{len(self.places) - 1}{_MARK}")


class Sheet:
    """One page: what stands still, and between the pieces what moves. `personal` pages may be shown to one visitor only."""

    def __init__(self, text: str, moving: Moving, language: Language, now: datetime) -> None:
        pieces = text.split(_MARK)
        self._still = [piece.encode() for piece in pieces[::2]]
        self._moving = [moving.places[int(number)] for number in pieces[1::2]]
        self._language = language
        self.personal = moving.personal
        self.ends = min([next_midnight(now), *filter(None, self._moving)])
        """When something other than the clock and the countdowns would be told differently."""

    @property
    def size(self) -> int:
        """Bytes of what stands still."""
        return sum(map(len, self._still))

    def at(self, now: datetime) -> bytes:
        """The page as it is sent at an instant before `ends`."""
        clock = moment(now, self._language, seconds=True)
        texts = [clock if until is None else left(until, now, self._language) for until in self._moving]
        joined = [self._still[0]]
        for text, still in zip(texts, self._still[1:], strict=True):
            joined += (text.encode(), still)
        return b"".join(joined)

    def tag(self, now: datetime) -> str:
        """A weak entity tag that changes with everything on the page but the seconds of the running clock."""
        digest = sha256(moment(now, self._language).encode())
        for still in self._still:
            digest.update(still)
        for until in filter(None, self._moving):
            digest.update(b"\0" + left(until, now, self._language).encode())
        return f'W/"{digest.hexdigest()[:32]}"'
