"""Bid opening 开标: closing at the deadline, release of keys, decryption, the opening record."""
