"""What is true whatever the outside world does: plain functions over frozen values; no I/O, clock, randomness or logging."""
