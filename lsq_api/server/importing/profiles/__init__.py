"""The words of the systems whose exports are read: one data file for each."""
