"""One lead: what is known of it, and what was done."""
