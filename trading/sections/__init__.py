"""Sections 标段: the unit that is tendered, from draft to archive."""
