"""Answers that are kept, how old a screen is, and the same question a few minutes later."""
