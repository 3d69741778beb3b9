"""The application: all routes of the sandbox behind its front door."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from tieout_sandboxes.freshbooks.answers import json_answer
from tieout_sandboxes.freshbooks.authorize import Authorize
from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.freshbooks.control import Control
from tieout_sandboxes.freshbooks.door import Door
from tieout_sandboxes.freshbooks.faults import Faults
from tieout_sandboxes.freshbooks.identity import Identity
from tieout_sandboxes.freshbooks.ledger.by_business import (
    BusinessReportEndpoints,
    LedgerAccountEndpoints,
)
from tieout_sandboxes.freshbooks.ledger.journal import Journal
from tieout_sandboxes.freshbooks.ledger.routes import LedgerEndpoints, ReportEndpoints
from tieout_sandboxes.freshbooks.limits import Limits
from tieout_sandboxes.freshbooks.oauth import OAuth
from tieout_sandboxes.freshbooks.outside import Outside
from tieout_sandboxes.freshbooks.routes import Endpoints, FlatEndpoints, RateEndpoints
from tieout_sandboxes.freshbooks.webhooks import Webhooks


def build(books: Books, faults: Faults, webhooks: Webhooks, *, control: bool) -> Door:
    """Puts the sandbox together; without `control` the control API does not exist."""
    core, grants = books.core, books.grants
    routes: list[BaseRoute] = []
    for resource in books.accounting():
        routes += Endpoints(core, grants, resource, "accounting").routes()
    for family, by_business in books.by_business():
        routes += FlatEndpoints(core, grants, by_business, family).routes()
    routes += RateEndpoints(core, grants, books.services).routes()
    routes += Endpoints(core, grants, books.callbacks, "events").routes()
    journal = Journal(books)
    routes += LedgerEndpoints(core, grants, journal).routes()
    routes += ReportEndpoints(core, grants, journal).routes()
    routes += LedgerAccountEndpoints(core, grants, journal).routes()
    routes += BusinessReportEndpoints(core, grants, journal).routes()
    routes += Identity(core, grants).routes()
    routes += Authorize(grants, core.business).routes()
    routes += OAuth(grants).routes()
    app = Starlette(routes=routes, exception_handlers={404: _nothing_here, 405: _nothing_here})
    app.router.redirect_slashes = False
    door = Door(app, faults, Limits(core.switches), core.switches)
    if control:
        app.router.routes.extend(Control(books, door, faults, webhooks, Outside(books)).routes())
    return door


async def _nothing_here(_request: Request, _problem: Exception) -> Response:
    return json_answer({"error": "Requested resource could not be found."}, 404)
