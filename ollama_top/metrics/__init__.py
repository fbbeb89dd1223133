"""What is told to Prometheus: its form, and the values of a Frame. Pure."""
