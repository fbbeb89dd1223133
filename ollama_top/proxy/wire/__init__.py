"""What passes on one connection, read as HTTP/1. Pure; must never hold up or change a byte."""
