"""What is sealed about an invitation: who is invited, the code, the address and the text, the note of who declines."""

from datetime import date
from typing import NamedTuple

from expertpool.invitations.rules import emptied, filled
from expertpool.invitations.tables import Dispatch, Invitation
from infra.auth.keys import KeyService
from infra.kernel.canonical import canonical, read
from infra.kernel.context import Context

EXPERT, CODE, MESSAGE, NOTE = "invitation expert", "invitation code", "dispatch", "invitation note"
_OWN = "invitation of an expert"


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


def own_tag(keys: KeyService, expert: str, sent_on: date) -> bytes:
    """By what an expert's invitation of one day (UTC) is found again; another day's tag of the same expert is another.

    So the column links no two calls of one person but those of one day, and none to a person without the master key.
    """
    return keys.tag(_OWN, sent_on.isoformat(), expert.encode())


def note_of(keys: KeyService, invitation: Invitation) -> str | None:
    """What who declined wrote for the supervising body, if anything."""
    sealed = invitation.sealed_note
    return None if sealed is None else open_text(keys, NOTE, invitation.id, sealed)


def code_of(keys: KeyService, invitation: Invitation) -> str:
    """The reply code; for the message that carries it only."""
    return open_text(keys, CODE, invitation.id, invitation.sealed_code)


def seal_message(keys: KeyService, dispatch: str, message: Sealed, ctx: Context) -> bytes:
    """Address and text of a dispatch."""
    return seal_text(keys, MESSAGE, dispatch, canonical(message._asdict()).decode(), ctx)


def message_of(keys: KeyService, dispatch: Dispatch) -> Sealed:
    """Where a dispatch goes and what it says."""
    return Sealed(**read(open_text(keys, MESSAGE, dispatch.id, dispatch.sealed).encode()))
