"""Letters to subscribed addresses, in both languages: what happened, where to read it, how to be told no more."""

from infra.kernel.events import Event
from infra.mail import Letter
from trading.clarifications.tables import Subscription, SubscriptionLetter
from web.i18n import N_, Language, catalogue, moment, utc_offset
from web.labels import EVENTS

CONFIRM = N_("Somebody asked that this address be told of changes of a tender document. If it was you, confirm here:")
IGNORE = N_("If it was not you, do nothing: no further letter will come.")
LEAVE = N_("To get no more letters about this section:")
SUBJECT = N_("Confirm your subscription")


def confirmation_path(subscription: str, token: str) -> str:
    """Where an address is confirmed."""
    return f"/subscriptions/{subscription}/{token}"


def leaving_path(subscription: str, token: str) -> str:
    """Where an address is forgotten."""
    return f"/subscriptions/{subscription}/{token}/end"


def subscription_letter(
    origin: str, number: str, address: str, token: str, letter: SubscriptionLetter, subscription: Subscription
) -> Letter:
    """The letter as it goes out; it names the section and nobody."""
    event, lines = Event(letter.event), []
    for language in (Language.ZH, Language.EN):
        text = catalogue(language).gettext
        at, base = f"{moment(letter.queued_at, language)} {utc_offset(letter.queued_at)}", origin + language.prefix
        leave = [text(LEAVE), base + leaving_path(subscription.id, token), ""]
        if event is Event.SUBSCRIPTION_ASKED:
            lines += [text(CONFIRM), base + confirmation_path(subscription.id, token), text(IGNORE), ""]
        else:
            lines += [f"{text(str(EVENTS[event]))} · {subscription.section}", at]
            lines += [f"{base}/sections/{subscription.section}/clarifications", "", *leave]
    text = catalogue(Language.ZH).gettext
    said = text(SUBJECT) if event is Event.SUBSCRIPTION_ASKED else text(str(EVENTS[event]))
    return Letter(number, address, f"{said} · {subscription.section}", "\n".join(lines))
