"""Appraising experts 考核: ratings, events, deviations, pairs, sanctions with a hearing."""
