"""When a call may go out, whose is next, what is tried again: a plan's limits, kept by all processes of a machine."""
