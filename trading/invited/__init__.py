"""Invited tender 邀请招标: who is invited, named by the procuring side and secret until the opening."""
