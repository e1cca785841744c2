"""Benches: one module a name, each a ratio against a reference measured in the same run (architecture.md §8)."""
