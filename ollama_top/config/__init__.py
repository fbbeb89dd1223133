"""Settings of ollama-top itself."""
