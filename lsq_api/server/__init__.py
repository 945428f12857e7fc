"""The same contract, served: files or demo data in a DuckDB store, behind HTTP."""
