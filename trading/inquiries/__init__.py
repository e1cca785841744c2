"""Inquiries 询标: the committee asks one bidder in writing, who answers once, signed, within the time (TBR 52; M87 51)."""
