"""What is served: its tables, how they are laid out, and where they may be: a DuckDB file, or an engine of others."""
