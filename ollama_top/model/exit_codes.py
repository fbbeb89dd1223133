"""How a command ends, as a number: what scripts go by, and another machine's ollama-top that ran it there."""

DONE, FOUND, NOTHING_READ, NOT_TAKEN_BACK = 0, 1, 2, 3
USAGE, TAKEN, NOT_WRITTEN, INTERRUPTED = 64, 69, 74, 128 + 2
TAKEN_BACK = FOUND  # of `set`: it was done, and did not hold
