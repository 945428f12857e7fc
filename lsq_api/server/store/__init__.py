"""What is served: tables, their layout, and where they may be: in a file, or in an engine of others."""
