"""Separation of evaluation and award 评定分离: the procuring entity chooses the winner 定标 among the candidates."""
