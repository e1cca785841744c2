"""The rating A–D of agencies: a formula that anybody can recompute, its reasons line by line, and what would lift it."""
