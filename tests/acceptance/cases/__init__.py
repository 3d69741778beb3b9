"""The runner of the accounting cases that lie beside the repository: given, events, expectations, and how they differ from what NAV then holds."""
