"""What looks at the world. Thin: open, read, hand over; must never draw conclusions."""
