"""Who was contacted in a range of time, worked out from documented calls where the report cannot tell."""
