"""`openhall seal --blind`: what of a blind part's file tells whose it is, in the words of the bid room; nothing is refused."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from infra.kernel.problems import Problem
from trading.blind.inspecting import LOOKED, inspect
from web.bidder.blind_words import BLIND_WORDS


def warn_of_bidder(
    files: Mapping[str, Path], blind: Sequence[str], told: Sequence[str], say: Callable[[str], None]
) -> None:
    """Say of each blind part's file what in it would tell judges whose it is; `told` are the words that name the bidder.

    `bid.part` for a blind part that is not among the files.
    """
    for part in blind:
        if part not in files:
            raise Problem("bid.part", part=part)
        path = files[part]
        found = inspect(path.name, _ends(path), told)
        say(BLIND_WORDS["blind-found" if found else "blind-nothing"].format(name=path.name))
        for one in found:
            say(f"  {BLIND_WORDS[f'blind-{one.code}'].format(text=one.text, key=one.key)}")


def _ends(path: Path) -> list[bytes]:
    """The beginning of a file, and the end of one that is longer than what is looked at."""
    size = path.stat().st_size
    with path.open("rb") as file:
        pieces = [file.read(LOOKED)]
        if size > LOOKED:
            file.seek(max(LOOKED, size - LOOKED))
            pieces.append(file.read(LOOKED))
    return pieces
