"""Bounds on what one caller may take of the server: connections, time, wrong keys and questions at once."""
