"""How an entry in NAV came of what FreshBooks said, step by step, and back; nothing is decided here."""
