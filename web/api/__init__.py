"""JSON interfaces: for bidders' programs, for trustees, and for whoever checks the public log."""
