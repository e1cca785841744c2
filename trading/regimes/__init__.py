"""Rules of law as dated data: which periods, minima and methods apply to a section published on a given day."""
