"""Where the server's log is kept, and following it there: only its tail, and then what is added."""
