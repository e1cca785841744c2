"""How long a committee sits: the time for marking and its extension (TBR 48), and pauses under seal."""
