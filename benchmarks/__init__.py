"""What a month's import costs, beside two simpler ways of doing it; run by ``./dev bench``."""
