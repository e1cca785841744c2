"""Machine checks 清标 of opened bids: advice and evidence for the committee, never a decision (rules/trading.md §5)."""
