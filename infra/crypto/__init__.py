"""Pure cryptography: sealed bids, shares, signatures, lottery. Bytes in, bytes out."""
