"""Mutation testing: small mistakes by machine in a copy of the product; the tests must notice them."""
