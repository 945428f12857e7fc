"""Many viewers at once, over the wire."""
