"""What stands between the screen and the terminal: when to send, and what a terminal is asked to do."""
