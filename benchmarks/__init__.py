"""How fast, how light and how steady: one command each, against servers on loopback alone."""
