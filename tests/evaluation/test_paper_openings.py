"""A file's opening stands for its ranges: in the same session, for that very file, within the hour, and never otherwise."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from infra.auth.keys import KeyService
from trading.blind.blanking import HELD, around, blanked
from web.judge.openings import LASTS, opened_before, opening_token

KEYS, NOW = KeyService(bytes(32)), datetime(2026, 11, 22, 9, tzinfo=UTC)
TOKEN = opening_token(KEYS, "session", "B1", "technical", NOW)


def fits(
    token: str = TOKEN, session: str = "session", key: str = "B1", part: str = "technical", after: int = 0
) -> bool:
    return opened_before(token, KEYS, session, key, part, NOW + timedelta(seconds=after))


def test_a_range_after_the_opening_needs_no_other_one() -> None:
    assert fits() and fits(after=int(LASTS.total_seconds()) - 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": ""},
        {"token": "."},
        {"token": TOKEN[:-1]},
        {"token": TOKEN + "A"},
        {"token": TOKEN.replace(".", ".-", 1)},
        {"token": "9" * 13 + "." + TOKEN.partition(".")[2]},
        {"token": "²." + TOKEN.partition(".")[2]},
        {"token": TOKEN.partition(".")[0] + ".é"},
        {"token": str(int(NOW.timestamp()) + 60) + "." + TOKEN.partition(".")[2], "after": 60},
        {"session": "another"},
        {"key": "B2"},
        {"part": "commercial"},
        {"key": "B1/technical", "part": ""},
        {"after": int(LASTS.total_seconds())},
        {"after": -1},
    ],
    ids=str,
)
def test_whatever_else_is_brought_counts_as_an_opening_of_its_own(wrong: dict[str, str]) -> None:
    assert not fits(**wrong)  # type: ignore[arg-type]


def test_another_platforms_token_is_no_token() -> None:
    assert not opened_before(TOKEN, KeyService(bytes(31) + b"\1"), "session", "B1", "technical", NOW)


def a_file() -> bytes:
    """Half a megabyte of noise with properties and XMP packets strewn in, one begun and never ended."""
    chance, pieces = Random(7), []
    for number in range(24):
        pieces.append(chance.randbytes(chance.randrange(1_000, 40_000)))
        pieces.append(b"%d 0 obj\n<< /Title (plan) /Author (SECRET MAKER) /Producer <5345435245> >>\nendobj\n" % number)
        pieces.append(b"<?xpacket begin='' id=''?>" + b"SECRET " * chance.randrange(1, 4_000) + b"<?xpacket end='w'?>")
        if number == 11:
            pieces.append(b"<?xpacket begin")
    return b"".join(pieces)


def test_a_range_of_a_blind_file_is_blanked_as_the_whole_is() -> None:
    data, chance = a_file(), Random(11)
    whole = blanked(data)
    assert b"SECRET" not in whole and len(whole) == len(data)
    edges = [0, 1, 8, HELD, HELD + 1, len(data) - 1]
    spans = [
        (start, start + chance.randrange(1, 3 * HELD))
        for start in [*edges, *(chance.randrange(len(data)) for _ in range(60))]
    ]
    for start, stop in ((start, min(stop, len(data))) for start, stop in spans):
        first, last = around(start, stop, len(data))
        assert blanked(data[first:last])[start - first : stop - first] == whole[start:stop], (start, stop)
