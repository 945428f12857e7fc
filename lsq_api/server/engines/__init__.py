"""Stores in engines that others run, by the scheme of a URL."""
