"""How often a server is looked at. Imports nothing: the help of the command line tells it too."""

LEAST_S, DEFAULT_S, MOST_S = 0.2, 2.0, 3600.0
OF_SERVE_S = 5.0  # Prometheus comes every 15 s or later, and each look asks the server
