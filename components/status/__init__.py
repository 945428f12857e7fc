"""What it is connected to, and what was asked."""
