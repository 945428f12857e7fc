"""Answers kept for a while, how old a screen is, and when two requests are the same question."""
