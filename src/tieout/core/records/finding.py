"""A statement about data that a person must look at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is not right, where, and what to do about it.

    ``rule`` is the stable name of the rule that found it (``TAX_NOT_MAPPED``), ``text`` says what is wrong in words, ``remedy`` what a
    person can do. A document with findings is held; nothing about it is guessed.
    """

    rule: str
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: {self.text}" + (f" {self.remedy}" if self.remedy else "")
