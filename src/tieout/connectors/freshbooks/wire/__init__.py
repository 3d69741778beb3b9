"""How FreshBooks says it: its JSON to records and back, pure translation."""
