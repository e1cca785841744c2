"""Same-brand bids 同品牌 (M87 31): bids whose declared core product is of one brand count as one; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from unicodedata import normalize

from trading.evaluation.rules import Order


@dataclass(frozen=True)
class Offer:
    """What counts for a group of one brand: the brand key of the core product, and the price."""

    brand: str
    price: Fraction


def brand_key(name: str) -> str:
    """A brand as it is compared: width, case and blanks make no difference; empty where none is declared."""
    return "".join(normalize("NFKC", name).casefold().split())


def groups(offers: Mapping[str, Offer]) -> dict[str, list[str]]:
    """The bids of each brand declared, in byte order of ids; a bid without a brand stands alone under its own id."""
    found: dict[str, list[str]] = {}
    for bid in sorted(offers):
        key = brand_key(offers[bid].brand)
        # A brand key holds no blank, so no bid's own group can be taken for a brand.
        found.setdefault(key or f"bid {bid}", []).append(bid)
    return found


def counted(offers: Mapping[str, Offer]) -> int:
    """How many suppliers the bids count as where competition is asked for (M87 31, 43)."""
    return len(groups(offers))


def by_lowest_price(offers: Mapping[str, Offer]) -> dict[str, list[str]]:
    """Lowest price decides: by brand the bids of the lowest price; more than one are left to the document or a draw."""
    found = {}
    for brand, bids in groups(offers).items():
        lowest = min(offers[bid].price for bid in bids)
        found[brand] = [bid for bid in bids if offers[bid].price == lowest]
    return found


def by_score(offers: Mapping[str, Offer], order: Order) -> dict[str, list[str]]:
    """Scores decide: by brand the bids that stand highest in the evaluated order; those of one rank together."""
    ranks = [entry if isinstance(entry, list) else [entry] for entry in order]
    found = {}
    for brand, bids in groups(offers).items():
        found[brand] = next((sorted(set(rank) & set(bids)) for rank in ranks if set(rank) & set(bids)), [])
    return found


def not_counting(offers: Mapping[str, Offer], kept: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The bids that cannot be candidates, each with the brand another bid of which was kept."""
    return {
        bid: brand for brand, bids in groups(offers).items() for bid in bids if bid not in set(kept.get(brand, bids))
    }
