"""Pages of an expert: the own entry, availability, and the draws the expert stood in."""
