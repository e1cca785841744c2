"""Pages of the supervising body about experts, draws and committees."""
