"""Where a process of ours takes connections: addresses, the names it may be called by, a page."""
