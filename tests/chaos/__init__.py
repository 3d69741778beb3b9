"""Real kills of real processes: whatever is interrupted, the books agree in the end and each document stands once."""
