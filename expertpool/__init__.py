"""Evaluation experts: pool, draw, recusal, attendance, appraisal."""
