"""What stands around every page: its heading, notices, and help to get connected."""
