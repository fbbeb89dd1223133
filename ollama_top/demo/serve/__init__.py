"""The simulation as a process that answers like `ollama serve`, for tests and pictures.

Real connections, real runner processes, real time; only the words are made up. Standard library
only, so that it starts fast and runs wherever Python does.
"""
