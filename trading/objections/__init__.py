"""Objections to the result 结果异议: raised in the publicity of candidates, answered before anything is decided (TBR 54)."""
