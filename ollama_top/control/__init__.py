"""What can be done, what it costs, and whether it was: worked out from Frames. Pure."""
