"""Who may ask for what: the token, the account, the scopes; and a refusal in the words of its family."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection
from decimal import Decimal
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.answers import bytes_answer, json_answer
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.errors import Refusal, Unauthenticated
from tieout_sandboxes.freshbooks.given import Given
from tieout_sandboxes.freshbooks.tokens import Grants

Endpoint = Callable[[Request], Awaitable[Response]]
decode = msgspec.json.Decoder(float_hook=Decimal).decode
EVENTS_UNAUTHENTICATED = {
    "errno": 401,
    "message": "invalid_token: The access token is invalid, expired or revoked.",
}


class Guard(ABC):
    """Lets a request of one family of addresses in, or says why not."""

    def __init__(self, core: Core, grants: Grants, root: str) -> None:
        self._core = core
        self._grants = grants
        self._events = root == "events"

    @abstractmethod
    def _asked_scope(self) -> str:
        """The object whose scope a token needs; none where it is empty."""

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def answer(request: Request) -> Response:
            try:
                self._admit(request)
                self._core.catch_up()
                return await endpoint(request)
            except Unauthenticated:
                return self._unauthenticated()
            except Refusal as refusal:
                return self._refused(refusal)

        return answer

    def _admit(self, request: Request) -> None:
        request.state.grant = self._grants.check(request.headers.get("authorization", ""))
        switches = self._core.switches
        verb = "read" if request.method in ("GET", "HEAD") else "write"
        if request.path_params.get("account", self._scope_id()) != self._scope_id():
            raise _denied(switches.foreign_account_status)
        if scope := self._asked_scope():
            self._check_scopes(request, [f"user:{scope}:{verb}"])

    def _check_scopes(self, request: Request, needed: Collection[str]) -> None:
        if not request.state.grant.scopes.issuperset(needed):
            raise _denied(self._core.switches.missing_scope_status)

    async def _body(self, request: Request, name: str) -> Given:
        """What a body says about its one member."""
        status = self._core.switches.malformed_body_status
        try:
            body = decode(await request.body())
        except msgspec.MsgspecError:
            raise Refusal(status, errors.PARSE_ERROR, "Could not parse the body.") from None
        values = body.get(name) if isinstance(body, dict) else None
        if not isinstance(values, dict):
            message = f"The body has no '{name}'."
            raise Refusal(status, errors.REQUIRED_FIELD, message, field=name, kind=name)
        given = Given(name, values)
        if limit := self._core.switches.text_limit:
            given.hold_texts_to(limit)
        return given

    def _scope_id(self) -> str:
        """What an address names the business by."""
        return self._core.business.account_id

    def _answer(self, body: bytes) -> Response:
        return bytes_answer(body)

    def _refused(self, refusal: Refusal) -> Response:
        if self._events:
            return json_answer(errors.style_e(refusal), refusal.status)
        newer = self._core.switches.error_style == "A2"
        body = errors.style_a2(refusal) if newer else errors.style_a(refusal)
        return json_answer(body, refusal.status)

    def _unauthenticated(self) -> Response:
        body: Any = EVENTS_UNAUTHENTICATED if self._events else errors.UNAUTHENTICATED
        return json_answer(body, 401)


def _denied(status: int) -> Refusal:
    return Refusal(status, errors.ACCESS_DENIED, "The user does not have access.")
