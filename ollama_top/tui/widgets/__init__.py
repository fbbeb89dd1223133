"""Widgets that send the terminal only what changed."""
