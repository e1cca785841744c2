"""When an expert cannot be drawn: leave, and what else takes the day."""
