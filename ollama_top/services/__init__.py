"""Who started the server."""
