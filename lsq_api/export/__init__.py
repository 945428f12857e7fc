"""Files that hold exactly what is filtered and are safe in a spreadsheet."""
