"""Pages of bidders: bid room, device check, receipts."""
