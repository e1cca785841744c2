"""Parts that judges read without a name 暗标: under labels, committed to before the first page, disclosed with the marks."""
