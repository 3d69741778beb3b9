"""The whole product and both systems in one thread and one event loop, under a seed: virtual time, faults, bookkeepers, checkers."""
