"""Puts a record into the books exactly as it is to be, where the API would choose or refuse.

For tests and worked examples: chosen ids, numbers and moments of change, any status, also those that
only FreshBooks itself brings about. Everything else goes the way of the API: prices are added up,
payments lower what is outstanding, and callbacks are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, get_type_hints

import msgspec

from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.freshbooks.clock import from_eastern
from tieout_sandboxes.freshbooks.given import Given, money
from tieout_sandboxes.freshbooks.money import Money
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.table import Row

BY_HAND = frozenset(("id", "status", "updated", "vis_state", "due_date"))
WITH_LINES = Query("include[]=lines")


class Placing:
    """Places records of the accounting resources.

    In process::

        Placing(server.books).place("invoice", {
            "id": 34101, "invoice_number": "0000101", "customerid": 7001,
            "create_date": "2026-03-10", "v3_status": "sent", "currency_code": "GBP",
            "lines": [{"name": "Consulting", "qty": "10", "unit_cost": "80.00",
                       "taxName1": "VAT", "taxAmount1": "20"}],
            "updated": "2026-03-17 09:12:00",
        })

    Over HTTP the same members go to `POST /_control/place` under the name of the kind, singly or as
    a list: `{"client": {"id": 7001, "organization": "Acme"}, "invoice": [{..}, {..}]}`.
    """

    def __init__(self, books: Books) -> None:
        self._clock = books.core.clock
        self._resources = {
            resource.single: resource for resource in books.accounting() if resource.writable
        }

    def place(self, kind: str, values: Mapping[str, Any]) -> bytes:
        """Makes or changes the record with this `id` and answers it as JSON, with its lines.

        `values` has the names and shapes of the API. A field that can be written is written as by a
        POST or PUT; any other that the API shows (`v3_status`, `updated`, `autobill_status`,
        `overpaymentid`, ..) is set as it is said and lasts until something changes it.
        What follows from other records, such as `paid`, cannot be said otherwise than it is.
        `updated` is Eastern wall time, as the API shows it; the clock stands there meanwhile, so
        that all that follows from the change is of the same moment. Raises ValueError for a kind or
        field that does not exist and Refusal where the API would refuse.
        """
        resource = self._resource(kind)
        number = _id(kind, values)
        known = {*_types(resource), *resource.edits, *resource.settled}
        if unknown := sorted(set(values) - known):
            raise ValueError(f"{kind} has no {unknown[0]!r}; it has: {', '.join(sorted(known))}")
        resource.check_placing(Given(kind, values))
        _facts(resource, values, "")
        with self._moment(values.get("updated")):
            row = _written(resource, number, values)
            if "vis_state" in values and values["vis_state"] != row.wire.vis_state:
                resource.set_visibility(row, values["vis_state"])
            _put(resource, row, values)
        return resource.render(row, WITH_LINES)

    def _resource(self, kind: str) -> Resource[Any]:
        if kind not in self._resources:
            raise ValueError(f"no kind {kind!r}; there are: {', '.join(sorted(self._resources))}")
        return self._resources[kind]

    def _moment(self, updated: str | None) -> AbstractContextManager[None]:
        return nullcontext() if updated is None else self._clock.at(from_eastern(updated))


def _id(kind: str, values: Mapping[str, Any]) -> int:
    number = values.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ValueError(f"{kind}: 'id' must be a whole number above 0, not {number!r}")
    return number


def _written(resource: Resource[Any], number: int, values: Mapping[str, Any]) -> Row[Any]:
    """The record with all that the API lets one write."""
    writable = {*resource.edits, *resource.settled} - BY_HAND
    given = Given(resource.single, {name: values[name] for name in writable & set(values)})
    row = resource.table.get(number)
    if row is None:
        with resource.table.numbered(number):
            return resource.add(given)
    resource.edit(row, given)
    resource.save(row, "update")
    return row


def _put(resource: Resource[Any], row: Row[Any], values: Mapping[str, Any]) -> None:
    """Sets what the API only shows."""
    code = getattr(row.wire, "currency_code", "")
    facts = _facts(resource, values, code)
    for name in set(facts) - resource.follows:
        setattr(row.wire, name, facts[name])
    resource.placed(row, Given(resource.single, values))
    resource.refresh(row)
    resource.table.keep(row)
    for name in sorted(set(facts) - resource.words):
        if getattr(row.wire, name) != facts[name]:
            raise ValueError(f"{name!r} follows from other records or fields: place those")


def _facts(resource: Resource[Any], values: Mapping[str, Any], code: str) -> dict[str, Any]:
    given, types = Given(resource.single, values), _types(resource)
    aside = {*resource.edits, *resource.settled, "id", "vis_state", "updated"}
    return {
        name: _fact(given, name, types[name], code)
        for name in values
        if name in types and name not in aside
    }


def _fact(given: Given, name: str, kind: Any, code: str) -> Any:
    value = given.raw(name)
    if value is not None and (kind is Money or Money in getattr(kind, "__args__", ())):
        return money(given, name, code)
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as problem:
        raise ValueError(f"{given.kind}: {name!r} cannot be {value!r}: {problem}") from None


def _types(resource: Resource[Any]) -> dict[str, Any]:
    return get_type_hints(resource.record)
