"""Asking the owner: an application sends a browser here, the owner answers, the browser is sent back.

What cannot be sent back safely (a wrong application or redirect address) is told on the page.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tieout_sandboxes.freshbooks.consent_page import (
    OUT_OF_BAND,
    code_page,
    consent_page,
    refusal_page,
)
from tieout_sandboxes.freshbooks.core import Business
from tieout_sandboxes.freshbooks.errors import OAuthRefusal
from tieout_sandboxes.freshbooks.identity import OWNER
from tieout_sandboxes.freshbooks.tokens import Code, Grants

ADDRESSES = ("/oauth/authorize", "/oauth/authorize/", "/service/auth/oauth/authorize")
ASKED = (
    "response_type", "client_id", "redirect_uri", "scope", "state",
    "code_challenge", "code_challenge_method",
)  # fmt: skip
DENIED = "The resource owner or authorization server denied the request."

Asked = dict[str, str]


class Authorize:
    """The authorization endpoint: GET shows the page, POST is the owner's answer."""

    def __init__(self, grants: Grants, business: Business) -> None:
        self._grants = grants
        self._business = business

    def routes(self) -> list[Route]:
        """All addresses lead to the same page."""
        return [
            Route(address, endpoint, methods=[method])
            for address in ADDRESSES
            for method, endpoint in (("GET", self.ask), ("POST", self.answer))
        ]

    async def ask(self, request: Request) -> Response:
        """The page, or why there is nothing to ask."""
        asked = {name: request.query_params[name] for name in ASKED if name in request.query_params}
        try:
            wanted = self._wanted(asked)
        except OAuthRefusal as refusal:
            return HTMLResponse(refusal_page(refusal.description), refusal.status)
        owner = f"{OWNER['first_name']} {OWNER['last_name']}"
        return HTMLResponse(consent_page(asked, wanted.scopes, self._business, owner))

    async def answer(self, request: Request) -> Response:
        """Sends the browser back with a code, or with `access_denied`."""
        async with request.form() as form:
            given = {name: str(value) for name, value in form.items()}
        asked = {name: given[name] for name in ASKED if name in given}
        try:
            wanted = self._wanted(asked)
        except OAuthRefusal as refusal:
            return HTMLResponse(refusal_page(refusal.description), refusal.status)
        if given.get("decision") == "allow":
            return _back(asked, {"code": self._grants.mint(wanted)})
        return _back(asked, {"error": "access_denied", "error_description": DENIED})

    def _wanted(self, asked: Asked) -> Code:
        """What the code would be good for. Raises OAuthRefusal."""
        self._grants.check_client_id(asked.get("client_id", ""))
        redirect = asked.get("redirect_uri", "")
        self._check_redirect(redirect)
        if asked.get("response_type") != "code":
            raise OAuthRefusal(
                400,
                "unsupported_response_type",
                "The authorization server does not support this response type.",
            )
        if asked.get("code_challenge_method", "S256") != "S256":
            raise OAuthRefusal(400, "invalid_request", "The code challenge method must be S256.")
        return self._grants.wanted(
            redirect, asked.get("scope", ""), challenge=asked.get("code_challenge", "")
        )

    def _check_redirect(self, uri: str) -> None:
        switches = self._grants.switches
        if uri == OUT_OF_BAND and switches.out_of_band == "shown":
            return
        parts = urlsplit(uri)
        https = parts.scheme == "https" or switches.redirect_rule == "any"
        if not (parts.netloc and https and not parts.query):
            raise OAuthRefusal(400, "invalid_redirect_uri", "The redirect uri is not valid.")


def _back(asked: Asked, answer: dict[str, str]) -> Response:
    if asked["redirect_uri"] == OUT_OF_BAND:
        page = code_page(answer["code"]) if "code" in answer else refusal_page(DENIED)
        return HTMLResponse(page)
    state = {"state": asked["state"]} if "state" in asked else {}
    return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer | state)}", 302)
