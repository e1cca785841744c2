"""Agencies 中介机构: what they offer, how they are rated, how they are found and compared."""
