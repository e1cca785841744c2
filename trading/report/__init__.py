"""The evaluation report 评标报告 on paper: sheets of one look, the same bytes from the same words."""
