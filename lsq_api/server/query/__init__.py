"""From a request to its answer: read, plan, compile, run, cancel."""
