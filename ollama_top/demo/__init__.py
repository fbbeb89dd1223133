"""A simulated Ollama: what `--demo` shows, and the world of the tests.

One simulation, two uses: `world` runs it in simulated time for the screen, `serve` in real time
behind a real port. Must never be taken for a real server: what it shows is marked as simulated.
"""
