"""Publication 公示 of candidates and of every judge's marks; the publicity clock."""
