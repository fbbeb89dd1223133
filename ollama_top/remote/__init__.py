"""Another machine's eyes: its own ollama-top looks there, and what it sees comes over the system's ssh."""
