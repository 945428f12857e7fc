"""Owners by age, against the share of their books."""
