"""FreshBooks' own ledger: what its documents come to, as journal entries, accounts and reports.

Nothing is posted anywhere: the entries are worked out of the documents as they stand, so that an
edit restates the past, as FreshBooks' general ledger does.
"""
