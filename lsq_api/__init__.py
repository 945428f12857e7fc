"""Leads Not Contacted: the contract, its client, and the questions managers ask of it."""

__version__ = "0.1.0"
