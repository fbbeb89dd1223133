"""The sidecar proxy: forwards every byte unchanged, and tells what passes. A process of its own."""
