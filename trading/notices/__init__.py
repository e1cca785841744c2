"""Notices 公告: their required contents, the periods they must leave, and the publicity clock."""
