"""The WSDL document around a set of types: messages, port, binding, service.

Layout, names and order follow the WSDLs recorded from NAV 2016 and 2017. Pages write their
schema with the prefix `xsd:`, codeunits and the system service without one.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

WSDL = "http://schemas.xmlsoap.org/wsdl/"
WSDL_SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
XSD = "http://www.w3.org/2001/XMLSchema"
HTTP = "http://schemas.xmlsoap.org/soap/http"


class Schema:
    """Writes the elements of one schema; `prefix` is `xsd:` or empty."""

    def __init__(self, namespace: str, prefix: str = "xsd:", *, qualified: bool = True) -> None:
        self.namespace = namespace
        self.prefix = prefix
        self.form = "qualified" if qualified else "unqualified"
        self.parts: list[str] = []

    def element(
        self, name: str, type_: str, least: int = 1, most: str = "1", extra: str = ""
    ) -> str:
        """One element of a sequence; a type without a colon is one of XML Schema."""
        qualified = type_ if ":" in type_ else self.prefix + type_
        return (
            f'<{self.prefix}element minOccurs="{least}" maxOccurs="{most}" '
            f'name="{name}" type="{qualified}"{extra} />'
        )

    def sequence(self, elements: Iterable[str]) -> str:
        """The body of a complex type."""
        p, inner = self.prefix, "".join(elements)
        return f"<{p}sequence>{inner}</{p}sequence>" if inner else f"<{p}sequence />"

    def complex_type(self, name: str, elements: Iterable[str]) -> None:
        """A named complex type."""
        p = self.prefix
        self.parts.append(
            f'<{p}complexType name="{name}">{self.sequence(elements)}</{p}complexType>'
        )

    def simple_type(self, name: str, values: Iterable[str]) -> None:
        """A named enumeration."""
        p = self.prefix
        items = "".join(f'<{p}enumeration value="{escape(value)}" />' for value in values)
        self.parts.append(
            f'<{p}simpleType name="{name}"><{p}restriction base="{p}string">{items}'
            f"</{p}restriction></{p}simpleType>"
        )

    def message(self, name: str, elements: Iterable[str]) -> None:
        """A global element: a request or an answer."""
        p = self.prefix
        self.parts.append(
            f'<{p}element name="{name}"><{p}complexType>{self.sequence(elements)}'
            f"</{p}complexType></{p}element>"
        )

    def text(self) -> str:
        """The schema as XML."""
        name = "xmlns:xsd" if self.prefix else "xmlns"
        p, inner = self.prefix, "".join(self.parts)
        return (
            f'<{p}schema elementFormDefault="{self.form}" targetNamespace="{self.namespace}" '
            f'{name}="{XSD}">{inner}</{p}schema>'
        )


def document(
    service: str,
    namespace: str,
    schemas: Iterable[str],
    operations: list[str],
    address: str,
    service_name: str | None = None,
) -> str:
    """The whole WSDL; every operation has a request `Op` and an answer `Op_Result`."""
    body = [f"<types>{''.join(schemas)}</types>"]
    body += [_message(name) for op in operations for name in (op, f"{op}_Result")]
    ports = "".join(_port(op) for op in operations)
    body.append(f'<portType name="{service}_Port">{ports}</portType>')
    bound = "".join(_bound(namespace, op) for op in operations)
    body.append(
        f'<binding name="{service}_Binding" type="tns:{service}_Port">'
        f'<binding transport="{HTTP}" xmlns="{WSDL_SOAP}" />{bound}</binding>'
    )
    body.append(
        f'<service name="{service_name or service + "_Service"}">'
        f'<port name="{service}_Port" binding="tns:{service}_Binding">'
        f'<address location={quoteattr(address)} xmlns="{WSDL_SOAP}" /></port></service>'
    )
    head = f'<definitions xmlns:tns="{namespace}" targetNamespace="{namespace}" xmlns="{WSDL}">'
    return f'<?xml version="1.0" encoding="utf-8"?>{head}{"".join(body)}</definitions>'


def _message(name: str) -> str:
    return f'<message name="{name}"><part name="parameters" element="tns:{name}" /></message>'


def _port(op: str) -> str:
    return (
        f'<operation name="{op}"><input name="{op}" message="tns:{op}" />'
        f'<output name="{op}_Result" message="tns:{op}_Result" /></operation>'
    )


def _bound(namespace: str, op: str) -> str:
    literal = f'<body use="literal" xmlns="{WSDL_SOAP}" />'
    return (
        f'<operation name="{op}"><operation soapAction="{namespace}:{op}" style="document" '
        f'xmlns="{WSDL_SOAP}" /><input name="{op}">{literal}</input>'
        f'<output name="{op}_Result">{literal}</output></operation>'
    )
