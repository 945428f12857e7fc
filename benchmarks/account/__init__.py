"""An account that is slow, limited and fails on purpose: how fast and how exactly it is read."""
