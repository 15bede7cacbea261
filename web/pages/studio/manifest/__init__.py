"""The settings of a draft: the head of its manifest, and its tables row by row."""
