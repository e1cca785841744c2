"""Recusal 回避: who may not judge whom, found by rule, told by the expert, or asked for by a bidder."""
