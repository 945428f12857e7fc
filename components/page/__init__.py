"""What stands around every page: its heading, and what is said where there is no answer."""
