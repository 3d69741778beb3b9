"""FreshBooks: consent, reading, notifications."""
