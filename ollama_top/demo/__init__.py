"""A simulated Ollama: the default for a machine without one, and the tests' world."""
