"""Leads not contacted, grouped by any lead field."""
