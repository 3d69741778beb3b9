"""The WSDL of the codeunit service `TieoutGateway`, XMLport types included.

Parameters begin with a small letter, all are mandatory, and a VAR parameter comes back beside
the return value (recorded codeunit WSDLs of NAV 2016). None of those has an XMLport: that each
has a schema of its own, and how its elements are qualified, is inferred.
"""

from __future__ import annotations

from tieout_sandboxes.nav.soap.wsdl import Schema, document
from tieout_sandboxes.nav.soap.xmlports import (
    APPLICATIONS,
    CUSTOMERS,
    DATES,
    DOCUMENTS,
    HOLDS,
    KEYS,
    RESULTS,
    REVERSALS,
    XmlPort,
)

SERVICE = "TieoutGateway"
NAMESPACE = f"urn:microsoft-dynamics-schemas/codeunit/{SERVICE}"
FUNCTIONS: dict[str, XmlPort | None] = {
    "Ping": None,
    "Find": KEYS,
    "Claim": None,
    "LastEntry": None,
    "CreateCustomers": CUSTOMERS,
    "Post": DOCUMENTS,
    "Apply": APPLICATIONS,
    "Unapply": APPLICATIONS,
    "Reverse": REVERSALS,
    "SetOnHold": HOLDS,
    "SetDueDate": DATES,
}


def codeunit_wsdl(address: str, *, qualified: bool) -> str:
    """The whole document, to be served at `address`; elements of XMLports have a namespace or not."""
    schema = Schema(NAMESPACE, prefix="")
    for name, port in FUNCTIONS.items():
        request, answer = _parameters(schema, name, port)
        schema.message(name, request)
        schema.message(f"{name}_Result", answer)
    ports = (DOCUMENTS, RESULTS, CUSTOMERS, KEYS, APPLICATIONS, HOLDS, REVERSALS, DATES)
    schemas = [schema.text(), *(_port_schema(port, qualified=qualified) for port in ports)]
    return document(SERVICE, NAMESPACE, schemas, list(FUNCTIONS), address, SERVICE)


def _parameters(schema: Schema, name: str, port: XmlPort | None) -> tuple[list[str], list[str]]:
    if name == "Ping":
        return [], [schema.element("return_value", "string")]
    if name == "LastEntry":
        return [], [schema.element("return_value", "int")]
    epoch = [] if name == "Find" else [schema.element("epoch", "long")]
    if port is None:
        return epoch, [schema.element("return_value", "long")]
    results = [_port_element(schema, RESULTS)]
    return [*epoch, _port_element(schema, port), *results], results


def _port_element(schema: Schema, port: XmlPort) -> str:
    extra = f' xmlns:p="{port.namespace}"'
    return schema.element(port.root, f"p:{port.root}", extra=extra)


def _port_schema(port: XmlPort, *, qualified: bool) -> str:
    schema = Schema(port.namespace, prefix="", qualified=qualified)
    if not port.elements:
        items = [schema.element(port.item, "string", least=0, most="unbounded")]
        schema.complex_type(port.root, items)
        return schema.text()
    own = f' xmlns:t="{port.namespace}"'
    item = schema.element(port.item, f"t:{port.item}", least=0, most="unbounded", extra=own)
    schema.complex_type(port.root, [item])
    types = dict(port.types)
    fields = [schema.element(name, types.get(name, "string"), least=0) for name in port.elements]
    if port.child:
        fields.append(schema.element(port.child, f"t:{port.child}", most="unbounded", extra=own))
        lines = [schema.element(name, "string", least=0) for name in port.child_elements]
        schema.complex_type(port.child, lines)
    schema.complex_type(port.item, fields)
    return schema.text()
