"""The words of the marketplace: events, grades, kinds of services and prices; part of `web.labels`."""

from infra.kernel.events import Event
from marketplace.catalogue.tables import Category, PriceKind
from marketplace.contracts.tables import Fee
from marketplace.rating.formula import Grade
from web.i18n import N_

MARKET_EVENTS = {
    Event.CATALOGUE_ENTERED: N_("Catalogue of services entered"),
    Event.AGENCY_ADMITTED: N_("Agency admitted to the marketplace"),
    Event.AGENCY_INSPECTED: N_("Agency inspected"),
    Event.AGENCY_DEDUCTED: N_("Points taken off an agency"),
    Event.MARKET_CONTRACTS_TAKEN_OVER: N_("Earlier contracts taken over"),
    Event.RATINGS_MADE: N_("Agencies rated"),
}
KINDS_OF_SERVICE = {
    Category.ASSESSMENT: N_("Assessment"),
    Category.DRAWING: N_("Design and drawing review"),
    Category.SURVEY: N_("Survey"),
    Category.TESTING: N_("Testing"),
    Category.FINANCE: N_("Finance"),
}
KINDS_OF_PRICE = {
    PriceKind.SET: N_("set by the government"),
    PriceKind.GUIDED: N_("guided by the government"),
    PriceKind.MARKET: N_("market price"),
}
FEES = {
    Fee.KEPT: N_("as agreed"),
    Fee.SUPPLEMENT: N_("more, by supplement"),
    Fee.ABOVE: N_("above the list or promise"),
}
GRADES = {
    Grade.A: N_("listed first, fewer inspections"),
    Grade.B: N_("all work"),
    Grade.U: N_("unrated: too few contracts to judge by"),
    Grade.C: N_("warned: no government-funded work"),
    Grade.D: N_("taken off the list"),
}
"""What a grade means for who holds it (rules/marketplace.md §3.3)."""
MODES = {
    "direct": N_("Direct choice"),
    "lottery": N_("By lottery"),
    "lowest_price": N_("Lowest price"),
    "nearest_mean": N_("Nearest to the mean"),
    "trimmed_mean_k": N_("Best price"),
    "credit_weighted": N_("By credit"),
    "scored": N_("By marks"),
    "rfq": N_("Request for quotation"),
}
