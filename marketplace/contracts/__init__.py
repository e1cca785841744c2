"""Contracts of the marketplace as far as ratings and statistics follow from them."""
