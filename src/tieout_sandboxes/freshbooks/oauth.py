"""What an application asks by itself: tokens, their end, what a token is worth, and where all that is.

Bodies may be a form, JSON or multipart, because each of the vendor's own clients uses another.
"""

from __future__ import annotations

import base64
import binascii

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tieout_sandboxes.freshbooks.answers import json_answer
from tieout_sandboxes.freshbooks.errors import OAuthRefusal, style_o
from tieout_sandboxes.freshbooks.tokens import ACCESS_LIFE, ALL_SCOPES, Grants, Pair

Form = dict[str, str]


class OAuth:
    """The endpoints of one application's grants."""

    def __init__(self, grants: Grants) -> None:
        self._grants = grants

    def routes(self) -> list[Route]:
        """Both generations of the addresses lead to the same place."""
        found = [Route("/.well-known/oauth-authorization-server", self.metadata)]
        for root in ("/auth/oauth", "/service/auth/oauth"):
            found.append(Route(f"{root}/token", self.token, methods=["POST"]))
            found.append(Route(f"{root}/revoke", self.revoke, methods=["POST"]))
            found.append(Route(f"{root}/introspect", self.introspect, methods=["POST"]))
        return found

    async def metadata(self, request: Request) -> Response:
        """Where everything is (RFC 8414); all on the sandbox's one origin."""
        origin = str(request.base_url).rstrip("/")
        root = f"{origin}/service/auth/oauth"
        return json_answer(
            {
                "issuer": origin,
                "authorization_endpoint": f"{root}/authorize",
                "token_endpoint": f"{root}/token",
                "revocation_endpoint": f"{root}/revoke",
                "introspection_endpoint": f"{root}/introspect",
                "scopes_supported": sorted(ALL_SCOPES),
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "token_endpoint_auth_methods_supported": [
                    "client_secret_basic",
                    "client_secret_post",
                ],
                "code_challenge_methods_supported": ["S256"],
            }
        )

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

    async def introspect(self, request: Request) -> Response:
        """What a token is worth now (RFC 7662); of a dead one nothing is told."""
        try:
            form = await _form(request)
            self._grants.check_client(form.get("client_id", ""), form.get("client_secret", ""))
        except OAuthRefusal as refusal:
            return _refused(refusal)
        grant = self._grants.known(form.get("token", ""))
        if grant is None:
            return json_answer({"active": False})
        return json_answer(
            {
                "active": True,
                "scope": " ".join(sorted(grant.scopes)),
                "client_id": self._grants.client_id,
                "token_type": "Bearer",
                "iat": int(grant.created_at.timestamp()),
                "exp": int(grant.expires_at.timestamp()),
            }
        )

    def _granted(self, form: Form) -> Pair:
        grant_type = form.get("grant_type")
        if grant_type == "authorization_code":
            return self._grants.exchange(
                form.get("code", ""),
                form.get("redirect_uri", ""),
                verifier=form.get("code_verifier", ""),
            )
        if grant_type == "refresh_token":
            return self._grants.refresh(form.get("refresh_token", ""))
        raise OAuthRefusal(
            400, "unsupported_grant_type", "The authorization grant type is not supported."
        )


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
