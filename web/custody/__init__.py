"""Who holds the opening keys: the key ceremony for those who answer for it, and the public page of the holders."""
