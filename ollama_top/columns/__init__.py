"""What each table shows, declared once: header, order, sort menu, details and help follow from it."""
