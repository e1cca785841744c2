"""The procuring entity's review 复核 of a report before publicity, and corrections of marks after locking (M87 64)."""
