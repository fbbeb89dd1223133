"""What the proxy counts, for Prometheus."""
