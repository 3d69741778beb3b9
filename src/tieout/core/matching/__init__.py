"""Which documents of two books are the same, though nothing connects them; and how they differ."""
