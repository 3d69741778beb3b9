"""The WSDL of a published page: its record, list, fields, filter and operations."""

from __future__ import annotations

from tieout_sandboxes.nav.pages import Column, Page
from tieout_sandboxes.nav.pages.model import JOURNAL_BATCH
from tieout_sandboxes.nav.pages.names import mangle
from tieout_sandboxes.nav.soap.wsdl import Schema, document

XSD_TYPES = {
    "Integer": "int",
    "BigInteger": "long",
    "Decimal": "decimal",
    "Date": "date",
    "DateTime": "dateTime",
    "Boolean": "boolean",
}


def namespace(page: Page) -> str:
    """Page namespaces are lower-cased, unlike those of codeunits."""
    return f"urn:microsoft-dynamics-schemas/page/{page.service.lower()}"


def operations(page: Page) -> list[str]:
    """What the page offers, in NAV's order; a page nobody may write to only reads."""
    names = ["Read", "ReadByRecId", "ReadMultiple", "IsUpdated", "GetRecIdFromKey"]
    names += ["Create", "CreateMultiple"] if page.insert else []
    names += ["Update", "UpdateMultiple"] if page.modify else []
    return names + (["Delete"] if page.delete else [])


def enum_values(column: Column) -> list[str]:
    """Options travel under their mangled captions; the blank one is `_blank_`."""
    return [mangle(option) for option in column.options]


def read_columns(page: Page) -> list[Column]:
    """What `Read` asks for: the key fields that are on the page."""
    return [column for column in page.key_columns if not column.key_only]


def page_wsdl(page: Page, address: str) -> str:
    """The whole document, to be served at `address`."""
    schema = Schema(namespace(page))
    for column in page.soap_columns:
        if column.options:
            schema.simple_type(column.name, enum_values(column))
    _record_types(schema, page)
    for operation in operations(page):
        _operation(schema, page, operation)
    return document(page.service, namespace(page), [schema.text()], operations(page), address)


def _record_types(schema: Schema, page: Page) -> None:
    name = page.service
    fields = [schema.element("Key", "string", least=0)]
    fields += [schema.element(c.name, _type(c), least=0) for c in page.soap_columns]
    schema.complex_type(name, fields)
    schema.complex_type(f"{name}_List", [schema.element(name, f"tns:{name}", most="unbounded")])
    schema.simple_type(f"{name}_Fields", [c.name for c in page.soap_columns])
    schema.complex_type(
        f"{name}_Filter",
        [schema.element("Field", f"tns:{name}_Fields"), schema.element("Criteria", "string")],
    )


def _type(column: Column) -> str:
    return f"tns:{column.name}" if column.options else XSD_TYPES.get(column.type, "string")


def _operation(schema: Schema, page: Page, operation: str) -> None:
    request, answer = _shapes(schema, page)[operation]
    journal = [schema.element(JOURNAL_BATCH, "string")] if JOURNAL_BATCH in page.by_name else []
    schema.message(operation, journal + request)
    schema.message(f"{operation}_Result", answer)


def _shapes(schema: Schema, page: Page) -> dict[str, tuple[list[str], list[str]]]:
    name, element = page.service, schema.element
    one = [element(name, f"tns:{name}")]
    maybe = [element(name, f"tns:{name}", least=0)]
    many = [element(f"{name}_List", f"tns:{name}_List")]
    key = [element("Key", "string")]
    filters = [
        element("filter", f"tns:{name}_Filter", most="unbounded"),
        element("bookmarkKey", "string", least=0),
        element("setSize", "int"),
    ]
    found = [element("ReadMultiple_Result", f"tns:{name}_List", least=0)]
    return {
        "Read": ([element(c.name, _type(c)) for c in read_columns(page)], maybe),
        "ReadByRecId": ([element("recId", "string")], maybe),
        "ReadMultiple": (filters, found),
        "IsUpdated": (key, [element("IsUpdated_Result", "boolean")]),
        "GetRecIdFromKey": (key, [element("GetRecIdFromKey_Result", "string")]),
        "Create": (one, one),
        "CreateMultiple": (many, many),
        "Update": (one, one),
        "UpdateMultiple": (many, many),
        "Delete": (key, [element("Delete_Result", "boolean")]),
    }
