"""ollama-top: what an Ollama server is doing, and why a request waits.

Importing the package must stay free of cost: it imports nothing.
"""

__version__ = "0.1.0"
