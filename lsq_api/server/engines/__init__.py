"""Stores in other database engines, chosen by the scheme of a URL."""
