"""Pages of the trading centre's staff."""
