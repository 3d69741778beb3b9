"""How NAV says it: pure translation."""
