"""Several requests at once: measures what the settings claim. A process of its own."""
