"""Venues 场地: opening halls, evaluation rooms and the draw room of a centre, and who has them when."""
