"""Files as people have them are looked at, and saved as the dashboard's data."""
