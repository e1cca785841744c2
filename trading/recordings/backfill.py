"""What a network recorder kept of a gap, taken in as a stream of its own: marked, separately chained, replacing nothing."""

from pathlib import Path

from infra.kernel.problems import Problem
from trading.recordings.camera import Camera, Clock
from trading.recordings.ledger import Header
from trading.recordings.spool import Mark, Spool


def take_in(home: Path, header: Header, url: str, begun: int, clock: Clock) -> Mark:
    """Chain a file, or a network recorder's playback, into the spool that `openhall recorder` empties; where it stands then.

    `header` is that of a stream which joined the recording as a backfill; `begun` says when its picture begins, in
    milliseconds since 1970, as whoever exported it states. Blocks until everything was read: call it in a thread.
    `recording.backfill-unreadable` where nothing of it could be read, `recording.backfill-known` for a second time.
    """
    place = home / "spool" / str(header["stream"])
    if place.exists():
        raise Problem("recording.backfill-known", stream=header["stream"])
    making = place.with_name(f".{place.name}")
    spool = Spool(making, header)
    camera = Camera(url, spool, clock, once=True, anchor=begun)
    camera.run()
    if not camera.status.segments:
        for path in making.iterdir():
            path.unlink()
        making.rmdir()
        raise Problem("recording.backfill-unreadable", stream=header["stream"])
    making.rename(place)
    return spool.mark
