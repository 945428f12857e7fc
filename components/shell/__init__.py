"""What every page stands on: frame, link, names, words, and the way from a number to its leads."""
