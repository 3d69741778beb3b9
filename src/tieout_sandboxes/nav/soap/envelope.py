"""SOAP 1.1 envelopes: reading a request, writing an answer or a fault.

Every fault is HTTP 500. Its code is a NAV exception type, its text is repeated in the detail.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tieout_sandboxes.nav.errors import NavError

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_ERROR = "urn:microsoft-dynamics-schemas/error"
_STRING = "http://schemas.microsoft.com/2003/10/Serialization/"

FAULT_TYPES = {
    "dialog": "NavNCLDialogException",
    "record_not_found": "NavCSideRecordNotFoundException",
    "duplicate": "NavCSideDuplicateKeyException",
    "testfield": "NavTestFieldException",
    "table_relation": "NavCSideValidateTableRelationException",
    "length": "NavNCLStringLengthExceededException",
    "option": "NavNCLEvaluateException",
    "evaluate": "NavNCLEvaluateException",
    "callback": "NavNCLCallbackNotAllowedException",
    "data_not_found": "NavCSideDataException",
}
GUESSED_TYPES = {
    "unknown_field": "NavFilterException",
    "permission": "NavPermissionException",
    "lock": "NavCSideLockTimeoutException",
    "stale": "NavCSideRecordChangedException",
}
"""Types that no recorded fault shows for these refusals (switch `guessed_faults`)."""


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: Element) -> str:
    """The text of an element; nil and absent text are the empty string."""
    return "" if element.get(NIL) == "true" else element.text or ""


def read_request(raw: bytes) -> Element:
    """The operation element inside the body; raises NavError "evaluate" where there is none."""
    try:
        envelope = fromstring(raw)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise NavError("evaluate", f"The request is not readable XML: {error}") from None
    for child in envelope:
        if local(child) == "Body" and len(child) == 1:
            return child[0]
    raise NavError("evaluate", "The request has no SOAP body with exactly one operation in it.")


def answer(namespace: str, operation: str, inner: str) -> str:
    """The envelope of an answer; `inner` is XML already."""
    result = f"{operation}_Result"
    body = f'<{result} xmlns="{namespace}">{inner}</{result}>'
    return f'<Soap:Envelope xmlns:Soap="{ENVELOPE}"><Soap:Body>{body}</Soap:Body></Soap:Envelope>'


def fault(kind: str, text: str, *, guess: bool) -> str:
    """The envelope of a fault; a type that is not known is guessed or left general."""
    types = {**FAULT_TYPES, **GUESSED_TYPES} if guess else FAULT_TYPES
    name = types.get(kind, FAULT_TYPES["dialog"])
    code = f"a:Microsoft.Dynamics.Nav.Types.Exceptions.{name}"
    words = escape(text)
    body = (
        f'<s:Fault><faultcode xmlns:a="{_ERROR}">{code}</faultcode>'
        f'<faultstring xml:lang="en-US">{words}</faultstring>'
        f'<detail><string xmlns="{_STRING}">{words}</string></detail></s:Fault>'
    )
    return f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{body}</s:Body></s:Envelope>'
