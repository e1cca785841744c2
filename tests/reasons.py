"""Reasons for gaps of a recording, signed as the browser of whoever gives them would."""

from dataclasses import replace
from time import monotonic_ns

from scenes import Hall

from infra.auth.key_signer import KeyFileSigner
from trading.recordings.actions import Signed, explain_gap
from trading.recordings.remarks import reason_message


async def key_of(hall: Hall, login: str) -> KeyFileSigner:
    """The certified key of somebody, made at the first asking."""
    if login not in hall.signers:
        await (await hall.client(login)).aclose()  # signing in makes the account
        hall.actors[login] = replace(hall.actor(login), id=hall.accounts[login].id)
        hall.signers[login] = await hall.give_key(login, f"{login}-{monotonic_ns()}")
    return hall.signers[login]


async def explained(
    hall: Hall, login: str, recording: str, stream: str, seq: int, words: str, *, signer: KeyFileSigner | None = None
) -> None:
    """Give the reason for a gap; `signer` signs in place of the own key."""
    own = signer or await key_of(hall, login)
    assert own.certificate is not None
    signed = Signed(own.certificate, own.sign(reason_message(recording, stream, seq, words.strip())))
    async with hall.database.work(hall.actor(login)) as work:
        await explain_gap(work, hall.keys.authority.public_key, recording, stream, seq, words, signed)
