"""Bids 投标: sealed uploads, receipts, replacement and withdrawal."""
