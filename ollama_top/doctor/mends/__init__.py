"""How a variable is set for good, one file for each kind of keeper. Pure."""
