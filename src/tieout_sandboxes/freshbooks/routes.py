"""From HTTP to a resource: who is asking, for which account, with what body; and refusals back to HTTP."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.answers import json_answer
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.errors import Refusal
from tieout_sandboxes.freshbooks.given import Given
from tieout_sandboxes.freshbooks.guard import Guard
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.services import Services
from tieout_sandboxes.freshbooks.tokens import Grants

FLAT_CONTENT_TYPE = "application/vnd.api+json"
FLAT_UNAUTHENTICATED = {
    "message": "The server could not verify that you are authorized to access the URL requested."
}


class Endpoints(Guard):
    """The two addresses of one resource: its list and its single records."""

    def __init__(self, core: Core, grants: Grants, resource: Resource[Any], root: str) -> None:
        super().__init__(core, grants, root)
        self._resource = resource
        self._root = root
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
        given = await self._body(request, self._body_name())
        self._check_scopes(request, self._resource.needs(given))
        return given

    def _body_name(self) -> str:
        """What a body's one member is called."""
        return self._resource.single

    def _asked_scope(self) -> str:
        return self._resource.asked_scope()


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
