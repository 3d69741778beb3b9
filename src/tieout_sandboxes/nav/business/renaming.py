"""RENAME: a record gets another primary key, and whatever names it follows.

Which fields name it, and under which condition, stands in relations.py.
"""

from __future__ import annotations

from tieout_sandboxes.nav.business.relations import Where, naming
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Key, Row, Table

BELOW = {"Gen. Journal Batch": "Gen. Journal Line"}
"""Tables whose primary key begins with that of another."""


def rename(company: Company, table: str, old: Key, row: Row) -> Row:
    """Puts the record under the key that `row` bears; raises NavError "duplicate" if it is taken."""
    database = company.database
    definition = database.table(table)
    written = database.insert(table, row)
    database.delete(table, *old)
    new = tuple(written[name] for name in definition.primary_key)
    if len(new) == 1:
        for other in database.tables():
            for field, where in list(naming(other, table)):
                _follow(company, other, field, where, old[0], new[0])
    if table in BELOW:
        _below(company, database.table(BELOW[table]), old, new)
    return database.existing(table, *new)


def _below(company: Company, other: Table, old: Key, new: Key) -> None:
    for key in list(company.database.first_keys(other.name, *old)):
        row = company.database.existing(other.name, *key)
        begin = dict(zip(other.primary_key, new, strict=False))
        rename(company, other.name, key, {**row, **begin})


def _follow(company: Company, other: Table, field: str, where: Where, old: str, new: str) -> None:
    for row in list(company.database.all(other.name)):
        if row[field] != old or any(row[name] != value for name, value in where.items()):
            continue
        changed = {**row, field: new}
        key = tuple(row[name] for name in other.primary_key)
        if field in other.primary_key:
            rename(company, other.name, key, changed)
        else:
            company.database.modify(other.name, changed)
