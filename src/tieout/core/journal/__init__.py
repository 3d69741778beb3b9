"""How a document becomes journal lines: accounting and nothing else."""
