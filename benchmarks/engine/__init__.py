"""The local server beside plain DuckDB, SQLite, PostgreSQL and pandas: questions, imports, growth, many at once."""
