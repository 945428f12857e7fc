"""What the dashboard is connected to, what it asked, and how that went."""
