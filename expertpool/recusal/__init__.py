"""Recusal 回避: whom an expert is tied to, and who must not judge whom (TBL 37, TBR 46, GPR 9)."""
