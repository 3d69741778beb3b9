"""The WSDL of `SystemService`, which names the companies, as a recorded one shows it."""

from __future__ import annotations

from tieout_sandboxes.nav.soap.wsdl import Schema, document

NAMESPACE = "urn:microsoft-dynamics-schemas/nav/system/"


def wsdl(address: str) -> str:
    """The whole document, to be served at `address`."""
    schema = Schema(NAMESPACE, prefix="")
    schema.message("Companies", [])
    names = schema.element("return_value", "string", most="unbounded")
    schema.message("Companies_Result", [names])
    return document(
        "SystemService", NAMESPACE, [schema.text()], ["Companies"], address, "SystemService"
    )
