"""Evaluation 评标: frozen scoring methods, judges' sheets, exact totals and ranks that anyone can recompute."""
