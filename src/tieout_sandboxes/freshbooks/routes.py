"""From HTTP to a resource: who is asking, for which account, with what body; and refusals back to HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from decimal import Decimal
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.answers import bytes_answer, json_answer
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.errors import Refusal, Unauthenticated
from tieout_sandboxes.freshbooks.given import Given
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.services import Services
from tieout_sandboxes.freshbooks.tokens import Grants

Endpoint = Callable[[Request], Awaitable[Response]]
decode = msgspec.json.Decoder(float_hook=Decimal).decode
EVENTS_UNAUTHENTICATED = {
    "errno": 401,
    "message": "invalid_token: The access token is invalid, expired or revoked.",
}

FLAT_CONTENT_TYPE = "application/vnd.api+json"
FLAT_UNAUTHENTICATED = {
    "message": "The server could not verify that you are authorized to access the URL requested."
}


class Endpoints:
    """The two addresses of one resource: its list and its single records."""

    def __init__(self, core: Core, grants: Grants, resource: Resource[Any], root: str) -> None:
        self._core = core
        self._grants = grants
        self._resource = resource
        self._root = root
        self._events = root == "events"
        self._tells_deletion = root == "accounting"

    def routes(self) -> list[Route]:
        """`{root}/account/{account_id}/{path}` and the same with an id."""
        address = f"/{self._root}/account/{{account}}/{self._resource.path}"
        writable = self._resource.writable
        many, one = (["POST"], ["PUT", "DELETE"]) if writable else ([], [])
        return [
            Route(address, self._guarded(self._many), methods=["GET", *many]),
            Route(address + "/{id}", self._guarded(self._one), methods=["GET", *one]),
        ]

    async def _many(self, request: Request) -> Response:
        query = Query(request.url.query)
        if request.method != "POST":
            return self._answer(self._resource.listing(query))
        return self._answer(self._resource.create(await self._given(request), query))

    async def _one(self, request: Request) -> Response:
        number = self._number(request.path_params["id"])
        query = Query(request.url.query)
        if request.method == "PUT":
            return self._answer(self._resource.update(number, await self._given(request), query))
        if request.method != "DELETE":
            return self._answer(self._resource.read(number, query))
        if not self._resource.delete_verb:
            raise Refusal(405, errors.INVALID_VALUE, "Method not allowed.")
        body = self._resource.delete(number)
        return self._answer(body) if self._tells_deletion else Response(status_code=204)

    def _number(self, text: str) -> int:
        if not text.isdecimal():
            raise self._resource.unknown(text)
        return int(text)

    async def _given(self, request: Request) -> Given:
        name, status = self._body_name(), self._core.switches.malformed_body_status
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
        self._check_scopes(request, self._resource.needs(given))
        return given

    def _body_name(self) -> str:
        """What a body's one member is called."""
        return self._resource.single

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
        if request.path_params["account"] != self._scope_id():
            raise _denied(switches.foreign_account_status)
        if scope := self._resource.asked_scope():
            self._check_scopes(request, [f"user:{scope}:{verb}"])

    def _check_scopes(self, request: Request, needed: Collection[str]) -> None:
        if not request.state.grant.scopes.issuperset(needed):
            raise _denied(self._core.switches.missing_scope_status)

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


class FlatEndpoints(Endpoints):
    """The addresses of projects and time entries: by business id, under the plural and the singular."""

    def routes(self) -> list[Route]:
        """`{root}/business/{business_id}/{path}`, the same with an id, and both in the singular."""
        found: list[Route] = []
        for path in (self._resource.path, self._resource.single):
            address = f"/{self._root}/business/{{account}}/{path}"
            one = address + "/{id}"
            found += [
                Route(address, self._guarded(self._many), methods=["GET", "POST"]),
                Route(one, self._guarded(self._one), methods=["GET", "PUT", "DELETE"]),
            ]
        return found

    def _scope_id(self) -> str:
        return str(self._core.business.business_id)

    def _answer(self, body: bytes) -> Response:
        return Response(body, media_type=FLAT_CONTENT_TYPE)

    def _refused(self, refusal: Refusal) -> Response:
        return json_answer(errors.style_p(refusal), refusal.status)

    def _unauthenticated(self) -> Response:
        return json_answer(FLAT_UNAUTHENTICATED, 401)


class RateEndpoints(FlatEndpoints):
    """The addresses of the rates of services: each below its service, and a list of all."""

    def __init__(self, core: Core, grants: Grants, services: Services) -> None:
        super().__init__(core, grants, services, "comments")
        self._services = services

    def routes(self) -> list[Route]:
        """`comments/business/{business_id}/service/{id}/rate` and `.../service_rates`."""
        address = "/comments/business/{account}"
        one = f"{address}/service/{{id}}/rate"
        return [
            Route(one, self._guarded(self._rate), methods=["GET", "POST", "PUT"]),
            Route(f"{address}/service_rates", self._guarded(self._rates), methods=["GET"]),
        ]

    async def _rate(self, request: Request) -> Response:
        number = self._number(request.path_params["id"])
        if request.method == "GET":
            return self._answer(self._services.rate_of(number))
        given = await self._given(request)
        return self._answer(self._services.set_rate(number, given))

    async def _rates(self, request: Request) -> Response:
        return self._answer(self._services.all_rates(Query(request.url.query)))

    def _body_name(self) -> str:
        return "service_rate"


def _denied(status: int) -> Refusal:
    return Refusal(status, errors.ACCESS_DENIED, "The user does not have access.")
