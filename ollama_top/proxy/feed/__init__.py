"""What a proxy tells monitors, over a Unix socket."""
