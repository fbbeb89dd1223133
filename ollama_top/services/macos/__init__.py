"""launchd of macOS, and those who give it work: Ollama's app, and Homebrew."""
