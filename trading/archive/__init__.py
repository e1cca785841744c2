"""A section's evidence: everything somebody needs who does not trust the operator, in one file."""
