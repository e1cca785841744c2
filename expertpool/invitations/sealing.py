"""What is sealed about an invitation: who is invited, the code, the address and the text, the note of who declines."""

from typing import NamedTuple

from expertpool.invitations.rules import emptied, filled
from expertpool.invitations.tables import Dispatch, Invitation
from infra.auth.keys import KeyService
from infra.kernel.canonical import canonical, read
from infra.kernel.context import Context

EXPERT, CODE, MESSAGE, NOTE = "invitation expert", "invitation code", "dispatch", "invitation note"


class Sealed(NamedTuple):
    """An address and the text that goes there."""

    to: str
    text: str


def seal_text(keys: KeyService, label: str, row: str, text: str, ctx: Context) -> bytes:
    """The text under its row's id, filled up so that its length tells nothing."""
    return keys.wrap(label, row, filled(text.encode()), ctx.random)


def open_text(keys: KeyService, label: str, row: str, sealed: bytes) -> str:
    """What `seal_text` sealed."""
    return emptied(keys.unwrap(label, row, sealed)).decode()


def expert_of(keys: KeyService, invitation: Invitation) -> str:
    """The id of whoever is invited."""
    return open_text(keys, EXPERT, invitation.id, invitation.sealed_expert)


def code_of(keys: KeyService, invitation: Invitation) -> str:
    """The reply code; for the message that carries it only."""
    return open_text(keys, CODE, invitation.id, invitation.sealed_code)


def seal_message(keys: KeyService, dispatch: str, message: Sealed, ctx: Context) -> bytes:
    """Address and text of a dispatch."""
    return seal_text(keys, MESSAGE, dispatch, canonical(message._asdict()).decode(), ctx)


def message_of(keys: KeyService, dispatch: Dispatch) -> Sealed:
    """Where a dispatch goes and what it says."""
    return Sealed(**read(open_text(keys, MESSAGE, dispatch.id, dispatch.sealed).encode()))
