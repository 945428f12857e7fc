"""Measurements, a command each; they print ratios, since machines differ."""
