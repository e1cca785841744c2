"""Search text of notices: as everywhere, by pairs of characters."""

from infra.kernel.search import LONGEST_QUERY, fold, search_query, search_vector

__all__ = ["LONGEST_QUERY", "fold", "search_query", "search_vector"]
