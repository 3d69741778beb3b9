"""Exchange rates from outside: the European Central Bank's, to fill NAV's table; postings use NAV's table and nothing else."""
