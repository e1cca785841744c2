"""Public pages: home, notices, help."""
