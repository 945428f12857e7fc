"""The files of an import: their headers, types and text, and the line of a fault."""
