"""Calls of the gateway codeunit: XML in, commands to the gateway, results as XML out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from tieout_sandboxes.nav import gateway
from tieout_sandboxes.nav.commands import Line, Result
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.soap.codeunit_wsdl import FUNCTIONS, SERVICE
from tieout_sandboxes.nav.soap.commands import command
from tieout_sandboxes.nav.soap.envelope import local, text_of
from tieout_sandboxes.nav.soap.parse import Item, read_port, unreadable
from tieout_sandboxes.nav.soap.xmlports import RESULTS
from tieout_sandboxes.nav.state import State


class GatewayCalls:
    """One call; `run` gives the XML inside the answer or raises NavError for a fault."""

    def __init__(self, state: State, call: Element, *, qualified: bool) -> None:
        self.company = state.company
        self.namespace = RESULTS.namespace if qualified else ""
        self.state = state
        self.name = local(call)
        self.parts = {local(child): child for child in call}

    async def run(self) -> str:
        """Works the call; a crash at a named point leaves by way of Dropped."""
        if self.name not in FUNCTIONS:
            raise NavError("dialog", f"The codeunit {SERVICE} has no function {self.name}.")
        if self.name == "Ping":
            return _value(await gateway.ping(self.company))
        if self.name == "Find":
            keys = [item.texts["Key"] for _, item in self._items()]
            return self._results(await gateway.find(self.company, keys))
        if self.name == "Claim":
            return _value(await gateway.claim(self.company, self._epoch()))
        if self.name == "LastEntry":
            return _value(await gateway.last_entry(self.company))
        return self._results(await self._work())

    async def point(self, name: str) -> None:
        """A named point of the call; a document takes as long as the company's posting takes."""
        if name == "key_inserted" and self.name == "Post" and self.state.switches["posting_ms"]:
            await asyncio.sleep(self.state.switches["posting_ms"] / 1000)
        await self.state.faults.at_point(name)

    async def _work(self) -> list[Result]:
        function = gateway.FUNCTIONS[self.name]
        epoch, line = self._epoch(), Line if self.name == "Post" else None
        commands = [command(function.takes, item, where, line) for where, item in self._items()]
        return await gateway.work(self.company, function, epoch, commands, self.point)

    def _items(self) -> list[tuple[str, Item]]:
        """The commands of the call, each with the place where it stands."""
        port = FUNCTIONS[self.name]
        if port is None or port.root not in self.parts:
            raise unreadable(f"{self.name}: the parameter {port.root if port else ''} is missing")
        found = enumerate(read_port(port, self.parts[port.root]), start=1)
        return [(f"{port.item}[{number}]", item) for number, item in found]

    def _epoch(self) -> int:
        text = text_of(self.parts["epoch"]).strip() if "epoch" in self.parts else ""
        if not text.isdigit():
            raise unreadable(f"{self.name}: epoch {text!r} is not a whole number")
        return int(text)

    def _results(self, results: Iterable[Result]) -> str:
        inner = "".join(_result(result, self.namespace) for result in results)
        return f"<results>{inner}</results>"


def _value(value: object) -> str:
    return f"<return_value>{escape(str(value))}</return_value>"


def _result(result: Result, namespace: str) -> str:
    texts = (
        result.key,
        result.status,
        result.no,
        result.register_no,
        result.entry_no,
        result.amount,
        result.posted_at,
        result.text,
    )
    pairs = zip(RESULTS.elements, texts, strict=True)
    parts = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in pairs)
    return f'<{RESULTS.item} xmlns="{namespace}">{parts}</{RESULTS.item}>'
