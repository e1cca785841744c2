"""The workbench of whoever is signed in, and messages."""
