"""The first page: numbers and leaderboards."""
