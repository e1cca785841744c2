"""Selecting an agency: eight modes as pure functions, each with reserves in the same act, replayable from its evidence."""
