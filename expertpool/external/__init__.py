"""Sealed lists drawn elsewhere, by a provincial pool 综合专家库: kept as they came, not recomputable here."""
