"""Frames in a file, and back from it: for what happened at three."""
