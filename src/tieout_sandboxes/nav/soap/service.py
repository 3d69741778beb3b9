"""Answers SOAP requests: WSDLs on GET, calls on POST."""

from __future__ import annotations

from urllib.parse import quote, unquote
from xml.sax.saxutils import escape, quoteattr

from starlette.requests import Request
from starlette.responses import Response

from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.lock import writing
from tieout_sandboxes.nav.misbehave import refused
from tieout_sandboxes.nav.pages import PAGES, published
from tieout_sandboxes.nav.records import Records, check_permission
from tieout_sandboxes.nav.soap import codeunit_wsdl, envelope, page_wsdl, system_service
from tieout_sandboxes.nav.soap.gateway_calls import GatewayCalls
from tieout_sandboxes.nav.soap.pages import WRITES, PageOperations
from tieout_sandboxes.nav.state import State

XML = "text/xml; charset=utf-8"
DISCO = "http://schemas.xmlsoap.org/disco/"
DISCO_WSDL = "http://schemas.xmlsoap.org/disco/scl/"


class SoapService:
    """The SOAP endpoint of one company."""

    def __init__(self, state: State) -> None:
        self.state = state

    @property
    def base(self) -> str:
        """The base of the addresses in WSDLs; may name another host than the one called."""
        return str(self.state.switches["public_soap_base_url"] or self.state.soap_url)

    async def answer(self, request: Request, path: str) -> Response:
        """`path` is what follows `/WS`, still escaped: `/<Company>/Page/<Service>`."""
        segments = [unquote(segment) for segment in path.split("/") if segment]
        if segments[-1:] == ["SystemService"] and len(segments) <= 2:
            return await self._system(request)
        if segments[-1:] and segments[-1].lower() == "services" and len(segments) <= 2:
            return self._list(segments[:-1])
        if len(segments) != 3 or segments[0] != self.state.company.name:
            return Response(status_code=404)
        _, kind, service = segments
        off = self.state.switches["unpublished"]
        if service in off.split(","):
            return Response(status_code=404)
        if kind == "Page" and service in PAGES:
            return await self._page(request, service)
        if kind == "Codeunit" and service == codeunit_wsdl.SERVICE:
            return await self._codeunit(request)
        return Response(status_code=404)

    def _list(self, company: list[str]) -> Response:
        """What is published, for programs that discover; with a company, its pages and codeunits."""
        if company not in ([], [self.state.company.name]):
            return Response(status_code=404)
        off = self.state.switches["unpublished"]
        places = [f"{self.base}/SystemService"]
        places += [self._address("Page", name) for name in published(off) if company]
        if company and codeunit_wsdl.SERVICE not in off.split(","):
            places.append(self._address("Codeunit", codeunit_wsdl.SERVICE))
        refs = "".join(f"<contractRef ref={quoteattr(p)} xmlns={DISCO_WSDL!r} />" for p in places)
        return _xml(f"<discovery xmlns={DISCO!r}>{refs}</discovery>")

    def _address(self, kind: str, service: str) -> str:
        return f"{self.base}/{quote(self.state.company.name)}/{kind}/{service}"

    async def _system(self, request: Request) -> Response:
        if request.method == "GET":
            return _xml(system_service.wsdl(f"{self.base}/SystemService"))
        try:
            envelope.read_request(await request.body())  # there is only one operation
        except NavError as error:
            return self._fault(error)
        name = escape(self.state.company.name)
        inner = f"<return_value>{name}</return_value>"
        return _xml(envelope.answer(system_service.NAMESPACE, "Companies", inner))

    async def _page(self, request: Request, service: str) -> Response:
        page = PAGES[service]
        if request.method == "GET":
            return _xml(page_wsdl.page_wsdl(page, self._address("Page", service)))
        try:
            call = envelope.read_request(await request.body())
            operation = envelope.local(call)
            refused(request)
            records = Records(self.state.company, page, self.state.switches)
            run = PageOperations(records, call, self.state.switches).run
            if operation in WRITES:
                async with writing(self.state.company.lock, page.table, self.state.switches):
                    inner = run(operation)
            else:
                inner = run(operation)
        except NavError as error:
            return self._fault(error)
        return _xml(envelope.answer(page_wsdl.namespace(page), operation, inner))

    async def _codeunit(self, request: Request) -> Response:
        if request.method == "GET":
            address = self._address("Codeunit", codeunit_wsdl.SERVICE)
            return _xml(codeunit_wsdl.codeunit_wsdl(address, qualified=self._qualified()))
        try:
            call = envelope.read_request(await request.body())
            codeunit = f"Codeunit {codeunit_wsdl.SERVICE}: Execute"
            check_permission(self.state.switches, codeunit)
            refused(request)
            inner = await GatewayCalls(self.state, call, qualified=self._qualified()).run()
        except NavError as error:
            return self._fault(error)
        return _xml(envelope.answer(codeunit_wsdl.NAMESPACE, envelope.local(call), inner))

    def _qualified(self) -> bool:
        return bool(self.state.switches["xmlport_elements"] == "qualified")

    def _fault(self, error: NavError) -> Response:
        guess = self.state.switches["guessed_faults"] == "named"
        return _xml(envelope.fault(error.kind, error.text, guess=guess), 500)


def _xml(text: str, status: int = 200) -> Response:
    return Response(text, status, media_type=XML)
