"""Demo data: the store of a made-up company, the same for the same seed."""
