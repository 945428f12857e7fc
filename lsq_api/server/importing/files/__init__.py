"""What stands in a file: its headers, its types, its text, and the line where it is wrong."""
