"""The opening hall: spectators, bidders, host, the hall screen."""
