"""Inviting those who were drawn 通知: by message, with a code to answer by, one seat at a time."""
