"""Who read what: reads of sealed or personal things, kept so that a line taken away is seen."""
