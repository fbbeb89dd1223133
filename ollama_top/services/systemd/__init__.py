"""Units of systemd: what their files say, and what systemd makes of them."""
