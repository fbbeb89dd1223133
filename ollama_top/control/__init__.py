"""What changes the server, and only after a yes."""
