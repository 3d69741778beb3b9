"""The durable shell: when things are looked at, in which order, and what happens after a failure; knows ports, not adapters."""
