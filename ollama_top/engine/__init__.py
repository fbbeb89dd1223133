"""When to ask whom, and how samples become a Frame."""
