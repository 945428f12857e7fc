"""What client and server say to each other: the vendor's page as models, and what can go wrong."""
