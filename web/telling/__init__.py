"""What happened, in plain sentences of both languages: for pages and the terminal alike."""
