"""Calls of the gateway in NAV (docs/protocols/gateway.md): the only way in which Tieout writes there.

A call that writes is never repeated here. If its answer is lost, or cannot be read, the outcome is unknown: the engine raises its epoch and asks for the keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from tieout.connectors.http import READ_TIMEOUT_S, Call, Http, no_answer
from tieout.connectors.nav import errors, soap
from tieout.connectors.nav.connection import NavConnection
from tieout.connectors.nav.wire import gateway as wire
from tieout.core.decision.plan import Command, Receipt, Status
from tieout.core.failures import OutcomeUnknown, Unintelligible

SERVICE = "TieoutGateway"
NAMESPACE = f"urn:microsoft-dynamics-schemas/codeunit/{SERVICE}"
MAX_REQUEST = 1_000_000  # NAV accepts 1,024 KB (SOAPServicesMaxMsgSize)
WRITE_TIMEOUT_S = 120.0
# These wait for no posting of NAV's; Claim waits for the command that is being committed, LastEntry for whatever is.
LOOKUPS = frozenset({"Ping", "Find"})
KEYS_AT_ONCE = 500
# The contract that this is written for, and functions that gateways installed earlier may lack: asking for them proves nothing.
VERSION = 4
SINCE = {"SetDueDate": 3, "LastEntry": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    """What the gateway says of itself.

    ``epoch`` is the highest stored; ``posting_from`` and ``posting_to`` is when the user may post to (empty: open).
    """

    version: str
    company: str
    lcy: str
    epoch: int
    user: str
    posting_from: str
    posting_to: str
    work_date: str


class Gateway:
    """The functions of the gateway of one company."""

    def __init__(self, connection: NavConnection, http: Http) -> None:
        self._connection, self._http = connection, http
        self._version = 1

    async def ping(self) -> Pong:
        """Who is there. Writes nothing."""
        line = _value(await self._call("Ping", ()))
        values = dict(part.strip().partition("=")[::2] for part in line.split(";"))
        try:
            known = {name: values.get(name, "") for name in Pong.__slots__ if name != "epoch"}
            return Pong(epoch=int(values["epoch"]), **known)
        except (KeyError, ValueError):
            raise Unintelligible("nav", "the gateway's Ping tells no epoch") from None

    async def find(self, keys: Sequence[str]) -> Mapping[str, Receipt]:
        """The receipts of the keys that NAV has committed."""
        found: dict[str, Receipt] = {}
        for start in range(0, len(keys), KEYS_AT_ONCE):
            some = wire.render_keys(keys[start : start + KEYS_AT_ONCE])
            answer = await self._call("Find", (some, "<results/>"))
            try:
                found |= {receipt.key: receipt for receipt in wire.receipts(answer)}
            except ValueError as error:
                raise Unintelligible("nav", f"Find answered {error}") from None
        return found

    async def claim(self, epoch: int) -> int:
        """See engine.ports.Target. Raising the epoch twice is raising it once, so a lost answer is no unknown outcome."""
        answer = _value(await self._call("Claim", (soap.element("epoch", str(epoch)),)))
        if not answer.isdigit():
            raise Unintelligible("nav", "the gateway's Claim answered no number")
        return int(answer)

    async def last_entry(self) -> int | None:
        """The last G/L entry, once what is being posted is committed or rolled back; None if the gateway is too old to wait for that."""
        if not await self._has("LastEntry"):
            return None
        answer = _value(await self._call("LastEntry", ()))
        if not answer.isdigit():
            raise Unintelligible("nav", "the gateway's LastEntry answered no number")
        return int(answer)

    async def _has(self, function: str) -> bool:
        """Whether the gateway is not older than a function; a version that is too low is asked for again."""
        if self._version < SINCE.get(function, 1):
            self._version = version_of(await self.ping())
        return self._version >= SINCE.get(function, 1)

    async def execute(self, epoch: int, commands: Sequence[Command]) -> tuple[Receipt, ...]:
        """See engine.ports.Target."""
        if not commands:
            return ()
        functions = {wire.FUNCTIONS[command.role] for command in commands}
        assert len(functions) == 1, "the commands of a call are carried out by one function"
        ((function, port),) = functions
        if not await self._has(function):
            return tuple(_too_old(command, function, self._version) for command in commands)
        parameters = (soap.element("epoch", str(epoch)), port.render(commands), "<results/>")
        try:
            answer = await self._call(function, parameters, writes=True)
            receipts = {receipt.key: receipt for receipt in wire.receipts(answer)}
            return tuple(receipts[command.key] for command in commands)
        except (ValueError, KeyError, Unintelligible) as error:
            raise OutcomeUnknown("nav", f"{function} answered unreadably: {error}") from None

    async def _call(
        self, function: str, parameters: tuple[str, ...], *, writes: bool = False
    ) -> Element:
        content = soap.envelope(NAMESPACE, function, parameters)
        assert len(content) <= MAX_REQUEST, (
            f"{function} of {len(content)} bytes; send fewer at once"
        )
        call = Call(
            system="nav",
            method="POST",
            url=self._connection.codeunit_url(SERVICE),
            headers={
                **self._connection.headers,
                "content-type": "text/xml; charset=utf-8",
                "soapaction": f'"{NAMESPACE}:{function}"',
            },
            content=content,
            writes=writes,
            timeout_s=READ_TIMEOUT_S if function in LOOKUPS else WRITE_TIMEOUT_S,
        )
        answer = await self._http.send(call, errors.SOAP)
        found = _result(call, answer.status, answer.content)
        if isinstance(found, soap.Fault):
            raise errors.of_fault(call, found.text)
        return found


def version_of(pong: Pong) -> int:
    """The version of the contract that the gateway follows; 1 if it does not tell.

    >>> version_of(Pong(version="3", company="", lcy="", epoch=1, user="", posting_from="", posting_to="", work_date=""))
    3
    """
    major = pong.version.partition(".")[0]
    return int(major) if major.isdigit() else 1


def _too_old(command: Command, function: str, version: int) -> Receipt:
    text = (
        f"The gateway in NAV is of version {version} and has no {function}; "
        f"install version {VERSION} (nav/guide.md)."
    )
    return Receipt(key=command.key, status=Status.REFUSED, text=text)


def _result(call: Call, status: int, content: bytes) -> Element | soap.Fault:
    """A status 500 that carries no fault is not NAV's own answer, but a proxy's or a crash."""
    try:
        return soap.result(content)
    except Unintelligible as unreadable:
        if status < 500:
            raise
        kind = no_answer(call)
        raise kind("nav", f"{call.name} answered {status}: {unreadable.text}") from None


def _value(answer: Element) -> str:
    """The value that a function returns."""
    return next(
        (n.text or "" for n in answer.iter() if soap.local(n) == "return_value"), ""
    ).strip()
