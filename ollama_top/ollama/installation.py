"""What Ollama's installers call things on a machine: its unit, and where its app writes. Pure."""

UNIT = "ollama.service"
"""What Ollama's install script and the distributions call it."""

APP_LOG = "~/.ollama/logs/server.log"
"""Where the app on macOS writes what its server says."""
