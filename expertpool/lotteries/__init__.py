"""Lotteries 摇号 over a public list, by the rules of the draw."""
