"""`ollama-top serve`: looks at a server as the monitor does, and tells Prometheus."""
