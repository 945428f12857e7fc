"""Buttons for files, with progress and Cancel."""
