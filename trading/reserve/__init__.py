"""The sealed reserve price 标底: kept like a bid until the opening, told after the prices, a reference only."""
