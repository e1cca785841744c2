"""Qualification 资格审查 in government procurement: examined by the purchaser, before the committee sits (M87 44)."""
