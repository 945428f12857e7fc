"""When a call may go out, whose is next, and what is tried again: the plan's limits, kept by all processes of a machine."""
