"""Demonstration: a believable city, and one whole tender told from notice to award by the real use-cases."""
