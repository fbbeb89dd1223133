"""What the comparison of proxies is made of."""
