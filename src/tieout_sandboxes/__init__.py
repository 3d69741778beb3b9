"""Servers that stand in for the two real systems; they import nothing from the product."""
