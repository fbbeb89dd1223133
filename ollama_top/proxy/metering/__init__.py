"""What is told of the exchanges that pass: from bytes to values, one exchange after the other."""
