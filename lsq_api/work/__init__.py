"""What runs beside: one job with its progress and Cancel, and a few threads for work that nobody waits for."""
