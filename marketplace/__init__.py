"""Intermediary marketplace 中介超市."""
