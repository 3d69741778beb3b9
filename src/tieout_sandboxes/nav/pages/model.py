"""What a published page is: a table seen through the controls of one page.

Page definitions are written as text, one entry per control, separated by semicolons:

    Control[=Field]:Type[length][options][mark]

`Control` is the name on the page and `Field` the table field where it differs. Options are
captions in square brackets separated by commas, `_` standing for the blank one. Marks:
`~` read only, `^` FlowField (computed by the table), `*` a variable of the page (computed by
the page, no table field), `#` part of the primary key but not on the page (NAV adds it).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from tieout_sandboxes.nav.pages.names import mangle

_ENTRY = re.compile(
    r"(?P<control>[^=:]+)(=(?P<field>[^:]+))?:(?P<type>[A-Za-z]+)(?P<length>\d*)"
    r"(\[(?P<options>.*)\])?(?P<mark>[~^*#]?)"
)


@dataclass(frozen=True)
class Column:
    """One control of a page: `name` as services show it, `field` as the table calls it."""

    name: str
    field: str
    type: str
    length: int = 0
    options: tuple[str, ...] = ()
    read_only: bool = False
    flow: bool = False
    unbound: bool = False
    key_only: bool = False


@dataclass(frozen=True)
class Page:
    """A page published under `service`; `journal` is the switch that says which template."""

    service: str
    number: int
    caption: str
    table: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    insert: bool = True
    modify: bool = True
    delete: bool = True
    descending: bool = False
    sort: tuple[str, ...] = ()
    journal: str = ""
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @cached_property
    def key_columns(self) -> tuple[Column, ...]:
        """The columns of the primary key, in the table's order."""
        bound = {column.field: column for column in reversed(self.columns) if not column.unbound}
        return tuple(bound[name] for name in self.key)

    @cached_property
    def soap_columns(self) -> tuple[Column, ...]:
        """SOAP shows what is on the page; key fields that are not there stay out."""
        return tuple(c for c in self.columns if not c.key_only and c.name != JOURNAL_BATCH)

    @property
    def writable(self) -> bool:
        """True if a caller may insert, change or delete through this page."""
        return self.insert or self.modify or self.delete


JOURNAL_BATCH = "CurrentJnlBatchName"
"""The batch field at the head of a journal page; SOAP makes it a parameter of every call."""


def columns(text: str) -> tuple[Column, ...]:
    """Reads the entries of a page definition (see the module's head for the notation)."""
    return tuple(_column(" ".join(entry.split())) for entry in text.strip("; \n").split(";"))


def _column(entry: str) -> Column:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise ValueError(f"page definition: cannot read the entry {entry!r}")
    mark = found["mark"]
    options = found["options"]
    return Column(
        name=mangle(found["control"]),
        field=found["field"] or found["control"],
        type=found["type"],
        length=int(found["length"] or 0),
        options=tuple(_option(o.strip()) for o in options.split(",")) if options else (),
        read_only=mark in ("~", "^", "*"),
        flow=mark == "^",
        unbound=mark == "*",
        key_only=mark == "#",
    )


def _option(caption: str) -> str:
    return " " if caption == "_" else caption
