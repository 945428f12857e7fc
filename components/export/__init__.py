"""Files, with progress and Cancel."""
