"""What is known about Ollama: its replies, its command lines, its variables. Pure; must never do I/O."""
