"""Leads Not Contacted: the contract, its client, and the questions managers ask of it."""
