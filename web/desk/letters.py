"""Messages in words: what happened, where to look, and the letter that goes out for one."""

from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.mail import Letter
from trading.messages.tables import Mail, Message
from web.i18n import Catalogue, Language, catalogue, moment, utc_offset
from web.labels import EVENTS

_STAFF = {
    Event.REGISTRATION_SUBMITTED: "/centre/registrations/{}",
    Event.PROJECT_SUBMITTED: "/centre/projects/{}",
}
_CHANGES = (
    Event.CLARIFICATION_PUBLISHED,
    Event.SECTION_SUSPENDED,
    Event.SECTION_RESUMED,
    Event.ADDENDUM_PUBLISHED,
    Event.SECTION_EXTENDED,
)
_PERSON = "/account"
_COMPANY = "/company"


def path_of(message: Message) -> str:
    """The page where a message leads, without language prefix; it shows whatever its reader may see by then."""
    event = Event(message.event)
    if event in _STAFF:
        return _STAFF[event].format(message.subject)
    if event in _CHANGES:
        return f"/sections/{message.section}/clarifications"
    if event in (Event.FACTOR_WINDOW_OPENED, Event.RELEASE_OVERDUE):
        return f"/sections/{message.section}/hall"
    if event is Event.QUESTIONS_WAITING:
        return f"/sections/{message.section}/questions"
    if event is Event.QUESTION_REFUSED:
        return f"/questions/{message.subject}"
    if event in (Event.INQUIRY_SENT, Event.INQUIRY_UNANSWERED):
        return f"/bids/{message.subject}/inquiries"
    if event.startswith("bid.") and message.role == Role.BIDDER:
        return f"/bids/{message.subject}"
    if event.startswith("project."):
        return f"/projects/{message.subject}"
    if event is Event.TRUSTEE_MISSING and message.role != Role.PROCURING:
        return "/custody"
    if event is Event.KEYSET_PUBLISHED and message.section:
        return "/projects/" + message.section.partition("/")[0]
    if message.section:
        return f"/sections/{message.section}"
    return _COMPANY if event.startswith(("organisation.", "registration.", "mandate.")) else _PERSON


def said(message: Message, texts: Catalogue) -> str:
    """What happened, in the words of a language."""
    return texts.gettext(str(EVENTS[Event(message.event)]))


def letter_of(mail: Mail, message: Message, origin: str) -> Letter:
    """The letter for a message, in both languages: no names, no content, only where to look."""
    lines = []
    for language in (Language.ZH, Language.EN):
        where = f" · {message.section}" if message.section else ""
        at = f"{moment(message.at, language)} {utc_offset(message.at)}"
        lines += [said(message, catalogue(language)) + where, at, origin + language.prefix + path_of(message), ""]
    where = f" · {message.section}" if message.section else ""
    return Letter(mail.id, mail.address, said(message, catalogue(Language.ZH)) + where, "\n".join(lines))
