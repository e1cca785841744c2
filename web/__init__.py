"""The only part that knows litestar: pages, API, command line."""
