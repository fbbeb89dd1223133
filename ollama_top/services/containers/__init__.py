"""Containers: what docker or podman holds of them."""
