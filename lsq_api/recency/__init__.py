"""Who was contacted lately, worked out from documented calls where the report cannot tell."""
