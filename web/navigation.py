"""The entries of the main navigation and of the home page's shortcuts; only what exists stands here."""

from typing import NamedTuple

from web.i18n import N_


class Entry(NamedTuple):
    """A place to go: path, msgid, and for a shortcut its icon and a second msgid."""

    path: str
    text: str
    icon: str = ""
    note: str = ""


NAVIGATION = (
    Entry("/", N_("Home")),
    Entry("/notices", N_("Notices")),
    Entry("/openings", N_("Openings")),
    Entry("/subjects", N_("Registered bodies")),
    Entry("/market", N_("Marketplace")),
    Entry("/log", N_("Public log")),
    Entry("/verify", N_("Verify")),
)

SHORTCUTS = (
    Entry("/notices?kind=tender-notice&status=open&order=closes", N_("Find a tender"), "search", N_("open for bids")),
    Entry("/notices?kind=candidates&order=-published", N_("See results"), "document", N_("candidates and prices")),
    Entry("/verify", N_("Verify"), "shield", N_("receipts and results")),
    Entry("/sealing", N_("How sealing works"), "lock", N_("nobody opens early")),
    Entry("/register", N_("Register a body"), "plus", N_("to bid or to procure")),
    Entry("/desk", N_("My workbench"), "person", N_("for registered bodies")),
)
