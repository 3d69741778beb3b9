"""Which notifications FreshBooks sends us: registering, confirming and ending them."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from tieout.connectors.freshbooks.api import FreshbooksApi, result_of
from tieout.core.failures import Unintelligible

PER_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """FreshBooks sends notifications of ``event`` to ``uri``, once ``verified``."""

    id: str
    event: str
    uri: str
    verified: bool


class _Wire(msgspec.Struct):
    event: str
    uri: str
    callbackid: int | str | None = None
    id: int | str | None = None
    verified: bool = False


class Callbacks:
    """The callbacks of one account."""

    def __init__(self, api: FreshbooksApi) -> None:
        self._api = api
        self._path = f"/events/account/{api.connection.account_id}/events/callbacks"

    async def register_callback(self, event: str, uri: str) -> Callback:
        """Ask for notifications. FreshBooks then sends a verifier to the address, with which the callback must be confirmed."""
        body = {"callback": {"event": event, "uri": uri}}
        return _callback(await self._api.write("POST", self._path, body))

    async def verify_callback(self, callback_id: str, verifier: str) -> Callback:
        """Confirm with the verifier that was received. Keep it: it is the key of this callback's signatures."""
        body = {"callback": {"callbackid": int(callback_id), "verifier": verifier}}
        return _callback(await self._api.write("PUT", f"{self._path}/{callback_id}", body))

    async def delete_callback(self, callback_id: str) -> None:
        """End the notifications."""
        await self._api.write("DELETE", f"{self._path}/{callback_id}", None)

    async def list_callbacks(self) -> tuple[Callback, ...]:
        """All callbacks of the account, whoever registered them."""
        found: dict[str, Callback] = {}
        number, pages = 0, 1
        while number < pages:
            number += 1
            query = (("page", str(number)), ("per_page", str(PER_PAGE)))
            result = result_of(await self._api.get(self._path, query) or b"{}")
            try:
                wires = msgspec.json.decode(result["callbacks"], type=list[_Wire])
                pages = msgspec.json.decode(result["pages"], type=int)
            except (KeyError, msgspec.DecodeError) as error:
                raise Unintelligible("freshbooks", f"the list of callbacks: {error}") from None
            found |= {callback.id: callback for callback in map(_from_wire, wires)}
        return tuple(found.values())


def _callback(body: bytes) -> Callback:
    try:
        return _from_wire(msgspec.json.decode(result_of(body)["callback"], type=_Wire))
    except (KeyError, msgspec.DecodeError) as error:
        raise Unintelligible("freshbooks", f"a callback: {error}") from None


def _from_wire(wire: _Wire) -> Callback:
    return Callback(
        id=str(wire.callbackid or wire.id), event=wire.event, uri=wire.uri, verified=wire.verified
    )
