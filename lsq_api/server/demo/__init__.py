"""A made-up company, the same for the same seed."""
