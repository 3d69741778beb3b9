"""OData V3 and V4: published pages as entity sets. One service, a notation for each format."""
