"""How an expert is reached: a phone and a mail address, sealed in the expert's row."""

from typing import NamedTuple

from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService
from infra.kernel.canonical import canonical, read
from infra.kernel.context import Context

LABEL = "expert contact"
ROOM = 256


class Contact(NamedTuple):
    """Either may be empty."""

    phone: str = ""
    email: str = ""


def seal_contact(keys: KeyService, expert_id: str, contact: Contact, ctx: Context) -> bytes:
    """For `sealed_contact`; filled up, so that no length tells how long a number or an address is."""
    plain = canonical(contact._asdict())
    return keys.wrap(LABEL, expert_id, plain + b" " * (-len(plain) % ROOM), ctx.random)


def contact_of(keys: KeyService, expert: Expert) -> Contact:
    """The expert's phone and mail address; both empty where none was ever entered."""
    if expert.sealed_contact is None:
        return Contact()
    return Contact(**read(keys.unwrap(LABEL, expert.id, expert.sealed_contact).rstrip(b" ")))
