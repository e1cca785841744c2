"""The price modes of selection a second time, from the normative page, with decimals; nothing shared with the product."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def selection(document: dict[str, Any], tied: list[str] | None = None) -> dict[str, Any]:
    """`out` of a price mode; `tied` is the order that a lot gave."""
    with localcontext(prec=120):
        quotes = {agency: Decimal(quote) for agency, quote in document["quotes"].items()}
        mode, fiscal = document["mode"], document["fiscal"]
        need = {"lowest_price": 1, "nearest_mean": 3, "trimmed_mean_k": 1}[mode]
        if len(quotes) < (max(need, 3) if fiscal else need):
            return {"status": "failed", "reason": "too-few-quotes"}
        told: dict[str, Any] = {"status": "selected"}
        ids = sorted(quotes)
        if mode == "lowest_price":
            distance = dict.fromkeys(ids, Decimal(0))
        else:
            if mode == "trimmed_mean_k" and len(ids) >= 6:
                ids.remove(next(one for one in ids if quotes[one] == max(quotes.values())))
                left = {one: quotes[one] for one in ids}
                ids.remove(next(one for one in ids if left[one] == min(left.values())))
            mean = sum((quotes[one] for one in ids), Decimal(0)) / len(ids)
            if mode == "trimmed_mean_k" and (fiscal or len(ids) >= 3):
                mean *= Decimal(document["k"])
            reference = mean if mode == "trimmed_mean_k" and len(ids) == 1 else cents(mean)
            told["reference"] = f"{reference:f}"
            distance = {one: abs(quotes[one] - reference) for one in ids}
        place = {one: at for at, one in enumerate(tied or [])}
        order = sorted(ids, key=lambda one: (distance[one], quotes[one], place.get(one, 0)))
        return {**told, "order": order, "winner": order[0], "reserves": order[1:3]}
