"""Who may see what: a person's place among the account's users, and what that leaves of questions and answers."""
