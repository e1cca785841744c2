"""What the search form says: a filter read from the address, and the links that change it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from trading.notices.kinds import Category, NoticeKind
from trading.notices.queries import ORDERS, NoticeFilter, Page
from trading.notices.tallies import Facets
from web.i18n import N_
from web.labels import CATEGORIES, NOTICE_KINDS
from web.visit import Visit

LONGEST_QUERY = 200
STATUSES = {"open": N_("Still running"), "closed": N_("Ended")}
SORTS = {
    "-published": N_("Newest first"),
    "closes": N_("Ending soonest"),
    "published": N_("Oldest first"),
}


class Link(NamedTuple):
    """A choice as a link; `text` is a msgid, `number` how many notices it gives."""

    text: str
    path: str
    chosen: bool = False
    number: int | None = None


class Chip(NamedTuple):
    """A choice in force; `text` is a msgid unless it is the visitor's own words."""

    text: str
    path: str
    own_words: bool = False


class Turns(NamedTuple):
    """The ways on: one page up or down the list, pages by number (None where some are left out), the first page."""

    earlier: str | None
    later: str | None
    numbered: list[Link | None]
    first: str


@dataclass(frozen=True)
class NoticeSearch:
    """The search form as filled in; values that name nothing are dropped."""

    q: str = ""
    kind: str | None = None
    category: str | None = None
    status: str | None = None
    region: str | None = None
    order: str = "-published"
    page: int = 1
    after: str | None = None
    before: str | None = None

    @property
    def filters(self) -> dict[str, object]:
        """What narrows and orders the list, as a query in one fixed order, without what goes without saying."""
        order = self.order if self.order != "-published" else None
        names = ("q", "kind", "category", "status", "region")
        return {**{name: getattr(self, name) for name in names}, "order": order}

    @property
    def asked(self) -> dict[str, object]:
        """The whole search as a query: the filters and the place in the list."""
        page = self.page if self.page > 1 and not (self.after or self.before) else None
        return {**self.filters, "page": page, "after": self.after, "before": None if self.after else self.before}

    @property
    def wanted(self) -> NoticeFilter:
        """The question to the database."""
        return NoticeFilter(**asdict(self))

    @property
    def chosen(self) -> bool:
        """Whether anything narrows the list."""
        return any((self.q, self.kind, self.category, self.status, self.region))


def read_search(query: dict[str, str]) -> NoticeSearch:
    """The search form from an address's query; unknown values count as not given."""
    region = query.get("region", "")
    page = query.get("page", "1")
    return NoticeSearch(
        q=" ".join(query.get("q", "").split())[:LONGEST_QUERY],
        kind=_among(query.get("kind"), {str(kind) for kind in NoticeKind}),
        category=_among(query.get("category"), {str(category) for category in Category}),
        status=_among(query.get("status"), set(STATUSES)),
        region=region if region.isascii() and region.isdigit() and len(region) == 6 else None,
        order=_among(query.get("order"), set(ORDERS)) or "-published",
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 7 and int(page) else 1,
        after=_id(query.get("after")),
        before=_id(query.get("before")),
    )


def chips(visit: Visit, search: NoticeSearch) -> list[Chip]:
    """The choices in force, each leading to the list without it."""
    found = []
    if search.q:
        found.append(Chip(search.q, visit.varied(q=None), own_words=True))
    if search.kind:
        found.append(Chip(NOTICE_KINDS[NoticeKind(search.kind)], visit.varied(kind=None)))
    if search.category:
        found.append(Chip(CATEGORIES[Category(search.category)], visit.varied(category=None)))
    if search.status:
        found.append(Chip(STATUSES[search.status], visit.varied(status=None)))
    if search.region:
        found.append(Chip(search.region, visit.varied(region=None), own_words=True))
    return found


def kind_links(visit: Visit, search: NoticeSearch, facets: Facets) -> list[Link]:
    """The kinds of notices to choose from; those that would give nothing are left out."""
    return _facet(visit, "kind", search.kind, NOTICE_KINDS, facets.kinds)


def category_links(visit: Visit, search: NoticeSearch, facets: Facets) -> list[Link]:
    """The kinds of trade to choose from; those that would give nothing are left out."""
    return _facet(visit, "category", search.category, CATEGORIES, facets.categories)


def _facet(
    visit: Visit, name: str, chosen: str | None, texts: Mapping[Any, str], numbers: Mapping[Any, int]
) -> list[Link]:
    return [
        Link(text, visit.varied(**{name: None if value == chosen else value}), value == chosen, numbers.get(value, 0))
        for value, text in texts.items()
        if numbers.get(value) or value == chosen
    ]


def status_links(visit: Visit, search: NoticeSearch) -> list[Link]:
    """Running, ended, or either."""
    either = Link(N_("All"), visit.varied(status=None), search.status is None)
    return [either, *(Link(text, visit.varied(status=name), search.status == name) for name, text in STATUSES.items())]


def sort_links(visit: Visit, search: NoticeSearch) -> list[Link]:
    """The orders a list can be read in; what ends soonest is looked for among what has not ended."""
    return [
        Link(
            text,
            visit.varied(order=name, status="open") if name == "closes" else visit.varied(order=name),
            search.order == name,
        )
        for name, text in SORTS.items()
    ]


def turn_links(visit: Visit, found: Page) -> Turns:
    """The ways from one page of a list to others; beyond the pages with a number they lead from notice to notice."""
    items, page = found.items, found.page
    earlier = later = None
    if found.has_earlier and items:
        earlier = visit.varied(page=page - 1) if page else visit.varied(before=items[0].id)
    if found.has_later and items:
        later = visit.varied(page=page + 1) if page and page < found.pages else visit.varied(after=items[-1].id)
    return Turns(earlier, later, _numbers(visit, page, found.pages) if page else [], visit.varied())


def _numbers(visit: Visit, page: int, pages: int) -> list[Link | None]:
    near = {1, pages, *range(page - 2, page + 3)}
    links: list[Link | None] = []
    last = 0
    for number in sorted(number for number in near if 1 <= number <= pages):
        if number - last > 1:
            links.append(None)
        links.append(Link(str(number), visit.varied(page=number), number == page))
        last = number
    return links


def loosened(visit: Visit, search: NoticeSearch) -> list[Link]:
    """What to try when nothing was found: the same words without filters, each word alone."""
    links = []
    if search.q and (search.kind or search.category or search.status or search.region):
        links.append(Link(N_("The same words without any filter"), visit.url("/notices", {"q": search.q})))
    words = search.q.split()
    if len(words) > 1:
        links += [Link(word, visit.url("/notices", {"q": word})) for word in words[:5]]
    elif len(search.q) > 4:
        links.append(Link(search.q[:4], visit.url("/notices", {"q": search.q[:4]})))
    links.append(Link(N_("All notices"), visit.url("/notices")))
    return links


def _among(value: str | None, known: set[str]) -> str | None:
    return value if value in known else None


def _id(value: str | None) -> str | None:
    return value if value and value.isascii() and value.isprintable() and len(value) <= 64 else None
