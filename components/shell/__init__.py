"""What every page uses: frame, link, lead fields, words, and the drill-through from a number to its leads."""
