"""The public log: tree, notes, proofs (pure) and the sequencer that writes it."""
