"""Writing to NAV with nothing installed there: through the pages of customers and journals, for an accountant to post."""
