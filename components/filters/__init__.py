"""The form that writes the question into the link."""
