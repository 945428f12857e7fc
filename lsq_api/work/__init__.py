"""Background work: a job with its progress and Cancel, and threads for work that nobody waits for."""
