"""Owners by the age of their leads not contacted, and by the share of their leads that these are."""
