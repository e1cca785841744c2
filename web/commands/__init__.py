"""One module a command; `web.cli` finds them by name and loads only the one that is asked for."""
