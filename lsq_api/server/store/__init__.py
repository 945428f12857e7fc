"""The store that is served: its tables and their layout, in a file or in an engine."""
