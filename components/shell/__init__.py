"""What every page stands on: the frame, the link, names, words, and the way from a number to its leads."""
