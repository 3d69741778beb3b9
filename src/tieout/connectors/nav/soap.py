"""SOAP 1.1 as NAV speaks it: one request, one answer or fault. Nothing here sends anything.

Text is escaped, and characters that XML cannot hold become a blank. Answers are parsed without entities or external references.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tieout.core.failures import Unintelligible

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that is an error: NAV's exception type and its words."""

    code: str
    text: str


def text(value: str) -> str:
    r"""A text as XML content.

    >>> text("R&D <b>\x0b")
    'R&amp;D &lt;b&gt; '
    """
    return escape(UNFIT.sub(" ", value)) if not value.isalnum() else value


def element(name: str, value: str) -> str:
    """A simple element; an empty one means: not given.

    >>> element("No", ""), element("No", "C1")
    ('<No/>', '<No>C1</No>')
    """
    return f"<{name}>{text(value)}</{name}>" if value else f"<{name}/>"


def envelope(namespace: str, function: str, parameters: Iterable[str]) -> bytes:
    """A call of a function with parameters that are XML already."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{ENVELOPE}"><s:Body>'
        f'<{function} xmlns="{namespace}">{"".join(parameters)}</{function}>'
        "</s:Body></s:Envelope>"
    ).encode()


def result(content: bytes) -> Element | Fault:
    """What is in the body of an answer. Raises Unintelligible if it is no SOAP."""
    try:
        root: Element = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError):
        raise Unintelligible("nav", "the answer is no SOAP message") from None
    body = root.find(f"{{{ENVELOPE}}}Body")
    if body is None or len(body) == 0:
        raise Unintelligible("nav", "the answer is a SOAP message without a body")
    first = body[0]
    if local(first) != "Fault":
        return first
    code, words = first.findtext("faultcode", ""), first.findtext("faultstring", "")
    return Fault(code.rpartition(":")[2], words.strip())


def local(node: Element) -> str:
    """The name of an element without its namespace."""
    return str(node.tag).rpartition("}")[2]


def fields(node: Element) -> dict[str, str]:
    """The simple elements inside one, by name; trimmed."""
    return {local(child): (child.text or "").strip() for child in node}
