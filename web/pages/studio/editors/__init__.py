"""What the editors of diagrams, forms and decision tables show and say."""
