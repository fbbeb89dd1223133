"""What the server and its runners write to their log, and what follows from it. Pure."""
