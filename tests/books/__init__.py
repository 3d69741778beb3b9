"""Made-up pairs of books whose truth is known, to measure the books check with: ``python -m tests.books``."""
