"""Preliminary examination 初步评审: which bids may be marked at all."""
