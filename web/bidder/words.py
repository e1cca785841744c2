"""The words that the scripts of a bidder's pages speak: told to them as attributes, for no script has texts of its own."""

import json
from collections.abc import Mapping

from web.bidder.blind_words import BLIND_WORDS
from web.i18n import N_, Language, catalogue
from web.problems import sentences
from web.visit import Visit

SPOKEN = (
    "bid.",
    "factor.",
    "form.",
    "kit.",
    "money.",
    "opening-form.",
    "page.",
    "plan.",
    "remedy.",
    "reserve.",
    "room.",
    "seal.",
    "session.",
    "signing.",
)
"""The kinds of refusals that can arise in the browser itself."""

WORDS = {
    **BLIND_WORDS,
    "missing": N_("nothing yet"),
    "ready": N_("is ready"),
    "wrong": N_("to be mended"),
    "again": N_("choose the same file again"),
    "sealed": N_("is sealed"),
    "done": N_("completed"),
    "open": N_("to do now"),
    "waits": N_("comes later"),
    "saved": N_("Saved in this browser at {at}"),
    "unsaved": N_("This browser keeps nothing; what you type is lost when you close the page."),
    "size": N_("{size}, {bytes} bytes"),
    "remembered": N_("Chosen before: {name}, {size}. Choose this very file again."),
    "complete": N_("{done} of {all} complete"),
    "under": N_("{left} yuan below the ceiling"),
    "checking": N_("Checking {part}"),
    "sealing": N_("Sealing {part}"),
    "uploading": N_("Uploading {part}"),
    "progress": N_("{percent} % · {done} of {total}"),
    "rate": N_("{rate} MB/s"),
    "eta": N_("about {seconds} s left"),
    "minutes": N_("about {minutes} min left"),
    "paused": N_("Paused. What is done stays done."),
    "offline": N_("No connection. It is tried again in {seconds} s; nothing that has arrived is lost."),
    "store-away": N_(
        "The platform's store does not answer. It is tried again in {seconds} s; nothing that has arrived is lost."
    ),
    "online": N_("The connection is back; the upload goes on."),
    "receipt": N_("Everything has arrived. Waiting for the receipt of the co-signed log …"),
    "interrupted": N_("The last attempt was broken off before everything was sealed: choose the same files again."),
    "copy-gone": N_("This browser has lost its sealed copy: choose the same files again and seal anew."),
    "keyset": N_("The section's keys have changed: choose the files again and seal anew."),
    "confirm": N_("You hand in a bid for section {section} at {price} yuan ({words})."),
    "confirm-sealed": N_("You hand in the sealed bid for section {section}; what it says is read only at the opening."),
    "other-account": N_("Somebody else is signed in now. Sign in as yourself, then continue."),
    "key-ready": N_("This browser has a certified signing key."),
    "same": N_("Take {name} here too"),
    "kit-sound": N_("Kit and passphrase are right."),
    "member": N_("Member {n}"),
    "shares": N_("Shares: {sum} of 100 %"),
    "shown": N_("Hide"),
    "hidden": N_("Show"),
}


def spoken(visit: Visit, words: Mapping[str, str]) -> str:
    """Words by name in the visit's language, as JSON."""
    return spoken_in(visit.language, words)


def spoken_in(language: Language, words: Mapping[str, str]) -> str:
    """Words by name in a language, as JSON."""
    texts = catalogue(language)
    return json.dumps({name: texts.gettext(text) for name, text in words.items()}, ensure_ascii=False)


def refusals(visit: Visit) -> str:
    """`refusals_in` the visit's language."""
    return refusals_in(visit.language)


def refusals_in(language: Language) -> str:
    """By code, [what happened, what to do], holes and all, of the refusals that a script may have to word, as JSON."""
    chosen = {code: sentence for code, sentence in sentences().items() if code.startswith(SPOKEN)}
    told = {code: getattr(sentence, language) for code, sentence in chosen.items()}
    return json.dumps(told, ensure_ascii=False)
