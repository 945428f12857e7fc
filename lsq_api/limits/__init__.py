"""When a call may go out, whose is next, and what is tried again."""
