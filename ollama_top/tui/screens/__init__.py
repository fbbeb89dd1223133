"""The main screen, and the pages that open over it."""
