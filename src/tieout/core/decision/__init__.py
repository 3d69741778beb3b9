"""What to do about what was found: facts in, a plan of commands out."""
