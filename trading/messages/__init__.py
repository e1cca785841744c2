"""Messages: who is told of what the journal says."""
