"""Evaluation experts 评标专家: who they are, what they know, whom they work for."""
