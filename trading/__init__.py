"""Tenders: projects, sections, notices, bidding, opening, evaluation, publication, awards."""
