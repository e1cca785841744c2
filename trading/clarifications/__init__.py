"""Clarification and addenda 澄清修改: questions, answers, new versions of the tender document, later deadlines."""
