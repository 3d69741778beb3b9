"""What a person can put right about what the store was asked."""

from __future__ import annotations


class StoreError(ValueError):
    """What was asked does not fit what is stored; the text says what, where and what to do."""
