"""Mail as the product needs it: one letter at a time, handed to a server or kept for a look."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple, Protocol

from infra.edge import utc_now
from infra.settings import MailAddress

TIMEOUT = 20.0
REFUSED_FOR_GOOD = range(500, 600)


class Letter(NamedTuple):
    """One letter; the same `id` is the same letter, also when it is sent again."""

    id: str
    to: str
    subject: str
    body: str


class MailRefusedError(Exception):
    """The server will never take this letter; trying again is of no use."""


class Post(Protocol):
    """Where letters go."""

    async def deliver(self, letter: Letter) -> bool:
        """Whether the letter has left this platform; `MailRefusedError` when it never will, any other failure may pass."""


class Outbox:
    """Lets nothing leave: what would have been sent can be looked at."""

    async def deliver(self, letter: Letter) -> bool:
        """Never."""
        return False


class SmtpPost:
    """Hands letters to an SMTP server, one connection each."""

    def __init__(self, address: MailAddress) -> None:
        self._address = address

    async def deliver(self, letter: Letter) -> bool:
        """True once the server has taken the letter."""
        await asyncio.to_thread(self._send, letter)
        return True

    def _send(self, letter: Letter) -> None:
        try:
            with self._connected() as server:
                server.send_message(composed(letter, self._address.sender))
        except smtplib.SMTPRecipientsRefused as error:
            code, why = next(iter(error.recipients.values()))
            if code in REFUSED_FOR_GOOD:
                raise MailRefusedError(f"{code} {why.decode(errors='replace')}") from error
            raise
        except smtplib.SMTPResponseException as error:
            if isinstance(error, smtplib.SMTPDataError) and error.smtp_code in REFUSED_FOR_GOOD:
                raise MailRefusedError(str(error)) from error
            raise

    def _connected(self) -> smtplib.SMTP:
        at = self._address
        if at.encryption == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                at.host, at.port, timeout=TIMEOUT, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(at.host, at.port, timeout=TIMEOUT)
        try:
            if at.encryption == "starttls":
                server.starttls(context=ssl.create_default_context())
            if at.user is not None:
                server.login(at.user, at.password or "")
        except BaseException:
            server.close()
            raise
        return server


def composed(letter: Letter, sender: str) -> EmailMessage:
    """The letter as it goes out. Its Message-ID is made of its id, so that a second copy is known as one."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Date"] = format_datetime(utc_now())
    message["Message-ID"] = f"<{letter.id}@{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message
