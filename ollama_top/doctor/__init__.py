"""What the values mean, in plain words. Pure."""
