"""OData V4: published pages as entity sets."""
