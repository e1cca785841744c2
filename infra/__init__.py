"""Ground under the halls: kernel, cryptography, database, log, stores; knows nothing of tenders."""
