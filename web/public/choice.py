"""Whom the procuring entity chose among the candidates, as the ranking has it."""

from trading.publication.queries import Dossier
from web.public.results import Ranked, results


def chosen_of(found: Dossier | None) -> Ranked | None:
    """The chosen candidate's line of the ranking, None where nobody is chosen."""
    told = results(found) if found and found.choice else None
    if found is None or found.choice is None or told is None:
        return None
    return next((one for one in told.ranking if one.entry.bid == found.choice.bid), None)
