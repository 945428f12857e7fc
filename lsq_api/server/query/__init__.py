"""From a request to its answer: read, plan, compile, run; and how a question is ended."""
