"""Pages of supervising bodies and audit administrators: the journal, sections from end to end, who read what; read-only."""
