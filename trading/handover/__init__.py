"""The archive 归档 of a section: what must be in it, what is, and the file in which it is handed over 移交."""
