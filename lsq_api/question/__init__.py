"""The five-part question: link, names, requests and words."""
