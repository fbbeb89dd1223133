"""Frames as text and documents, without a screen."""
