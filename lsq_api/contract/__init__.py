"""What client and server say to each other: the vendor's page as models, and the errors that can come of it."""
