"""Signing in: the consent page (which consents at once), the token endpoint and revocation.

Bodies may be a form, JSON or multipart, because each of the vendor's own clients uses another.
"""

from __future__ import annotations

import base64
import binascii
from urllib.parse import urlencode, urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tieout_sandboxes.freshbooks.answers import json_answer
from tieout_sandboxes.freshbooks.errors import OAuthRefusal, style_o
from tieout_sandboxes.freshbooks.tokens import ACCESS_LIFE, Grants, Pair

Form = dict[str, str]


class OAuth:
    """The sign-in endpoints of one sandbox."""

    def __init__(self, grants: Grants) -> None:
        self._grants = grants

    def routes(self) -> list[Route]:
        """Both generations of the addresses lead to the same place."""
        found = [
            Route("/oauth/authorize", self.authorize),
            Route("/oauth/authorize/", self.authorize),
            Route("/service/auth/oauth/authorize", self.authorize),
        ]
        for root in ("/auth/oauth", "/service/auth/oauth"):
            found.append(Route(f"{root}/token", self.token, methods=["POST"]))
            found.append(Route(f"{root}/revoke", self.revoke, methods=["POST"]))
        return found

    async def authorize(self, request: Request) -> Response:
        """Stands for the owner pressing Allow: sends the browser back with a code."""
        asked = request.query_params
        redirect = asked.get("redirect_uri", "")
        try:
            self._check_redirect(redirect)
            self._grants.check_client_id(asked.get("client_id", ""))
            code = self._grants.mint_code(redirect, asked.get("scope", ""))
        except OAuthRefusal as refusal:
            return _refused(refusal)
        answer = {"code": code} | ({"state": asked["state"]} if "state" in asked else {})
        return RedirectResponse(f"{redirect}?{urlencode(answer)}", 302)

    async def token(self, request: Request) -> Response:
        """Exchanges a code or a refresh token for a new pair of tokens."""
        try:
            form = await _form(request)
            self._grants.check_client(form.get("client_id", ""), form.get("client_secret", ""))
            return json_answer(_pair(self._granted(form)))
        except OAuthRefusal as refusal:
            return _refused(refusal)

    async def revoke(self, request: Request) -> Response:
        """Ends a token at once."""
        try:
            form = await _form(request)
            self._grants.check_client(form.get("client_id", ""), form.get("client_secret", ""))
        except OAuthRefusal as refusal:
            return _refused(refusal)
        self._grants.revoke(form.get("token", ""))
        return json_answer({})

    def _granted(self, form: Form) -> Pair:
        grant_type = form.get("grant_type")
        if grant_type == "authorization_code":
            return self._grants.exchange(form.get("code", ""), form.get("redirect_uri", ""))
        if grant_type == "refresh_token":
            return self._grants.refresh(form.get("refresh_token", ""))
        raise OAuthRefusal(
            400, "unsupported_grant_type", "The authorization grant type is not supported."
        )

    def _check_redirect(self, uri: str) -> None:
        parts = urlsplit(uri)
        https = parts.scheme == "https" or self._grants.switches.redirect_rule == "any"
        if not (parts.netloc and https and not parts.query):
            raise OAuthRefusal(400, "invalid_redirect_uri", "The redirect uri is not valid.")


def _pair(pair: Pair) -> dict[str, object]:
    return {
        "access_token": pair.access_token,
        "token_type": "Bearer",
        "expires_in": int(ACCESS_LIFE.total_seconds()),
        "refresh_token": pair.refresh_token,
        "scope": " ".join(sorted(pair.grant.scopes)),
        "created_at": int(pair.grant.created_at.timestamp()),
        "direct_buy_tokens": {},
    }


async def _form(request: Request) -> Form:
    """The fields of the body whatever its encoding, with the client's name from a Basic header."""
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        fields = _json_fields(await request.body())
    else:
        async with request.form() as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
    return _basic(request.headers.get("authorization", "")) | fields


def _json_fields(body: bytes) -> Form:
    try:
        values = msgspec.json.decode(body, type=dict[str, object])
    except msgspec.MsgspecError:
        raise OAuthRefusal(400, "invalid_request", "The request body is not JSON.") from None
    return {name: value for name, value in values.items() if isinstance(value, str)}


def _basic(header: str) -> Form:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {"client_id": client_id, "client_secret": secret}


def _refused(refusal: OAuthRefusal) -> Response:
    return json_answer(style_o(refusal.error, refusal.description), refusal.status)
