"""What a supplementary draw keeps sealed: whose employers it avoids, and who was called to this committee before."""

from collections.abc import Mapping, Sequence
from typing import Any

from expertpool.draw.tables import Draw
from expertpool.experts.sealing import Random, open_document, seal_document
from infra.auth.keys import KeyService

CALLED = "draw called"
SEATED = "draw seated"


def whole_request(keys: KeyService, draw: Draw) -> dict[str, Any]:
    """The request as its digest covers it: of a supplementary draw with `seated`, what stands for those who sit already.

    `seated` are credit codes, or the identity of somebody without an employer; `salt` keeps the digest from being guessed.
    """
    if draw.sealed_seated is None:
        return draw.request
    return {**draw.request, **open_document(keys, SEATED, draw.id, draw.sealed_seated)["beside"]}


def called_before(keys: KeyService, draw: Draw) -> frozenset[str]:
    """Ids of the experts whom this committee's draws have called already; a supplementary draw does not call them again."""
    if draw.sealed_seated is None:
        return frozenset()
    return frozenset(open_document(keys, SEATED, draw.id, draw.sealed_seated)["called"])


def keep_seated(keys: KeyService, draw: Draw, beside: Mapping[str, Any], called: Sequence[str], random: Random) -> None:
    """Seal what a supplementary draw must know of the committee beside its plain request."""
    document = {"beside": dict(beside), "called": sorted(called)}
    draw.sealed_seated = seal_document(keys, SEATED, draw.id, document, random)


def keep_called(keys: KeyService, draw: Draw, experts: Sequence[str], random: Random) -> None:
    """Seal whom the draw called, seats and alternates, in drawn order."""
    draw.sealed_called = seal_document(keys, CALLED, draw.id, list(experts), random)


def called_by(keys: KeyService, draw: Draw) -> list[str]:
    """Whom a revealed draw called, in drawn order; none for one that was revealed before this was kept."""
    if draw.sealed_called is None:
        return []
    return list(open_document(keys, CALLED, draw.id, draw.sealed_called))
