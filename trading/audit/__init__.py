"""The regulator's look at the journal: what may be seen when, searching it, taking it away with proofs."""
