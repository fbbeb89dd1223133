"""What each panel and page says, as lines of cells: pure functions of a View and a width."""
