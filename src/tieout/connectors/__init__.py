"""The only packages that speak to other systems."""
