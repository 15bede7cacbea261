"""What somebody may see, read for whoever asks; pages and the API show it."""
