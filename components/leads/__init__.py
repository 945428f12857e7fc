"""The list: its columns, order and pages."""
