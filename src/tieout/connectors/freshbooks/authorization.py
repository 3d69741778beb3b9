"""Asking FreshBooks' owner for consent: the address to open, what comes back, and the first tokens for it.

The owner opens the address in a browser and accepts; FreshBooks sends the browser to the application's redirect address with a code that works once, for five
minutes. The answer is bound to the question twice: by ``state``, which the redirect brings back, and by a challenge (RFC 7636) without whose verifier the code
is of no use to anybody else, even if it was pasted without its state.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from tieout.connectors.freshbooks import errors
from tieout.connectors.freshbooks.connection import FreshbooksConnection
from tieout.connectors.freshbooks.oauth import Tokens, granted, refusal_of
from tieout.connectors.freshbooks.resources import RESOURCES, GeneralLedger
from tieout.connectors.http import Call, Http
from tieout.core.failures import Unauthorized

# FreshBooks: Reports.
REPORTS = "reports"
# Reading what we keep, and nothing else: notifications need no more (FreshBooks: Webhooks, Scopes).
SCOPES = (
    "user:profile:read",
    *(
        f"user:{scope}:read"
        for scope in sorted(
            [GeneralLedger().scope, REPORTS, *(r.scope for r in RESOURCES.values())]
        )
    ),
)


class WrongAnswer(ValueError):
    """What came back is not the answer to this question; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """One question to the owner. ``address`` is to be opened; ``state`` and ``verifier`` prove that an answer is the one to it."""

    address: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


def authorization_request(
    connection: FreshbooksConnection, dice: Callable[[], str] = secrets.token_urlsafe
) -> AuthorizationRequest:
    """A new question; no two are alike."""
    state, verifier = dice(), dice() + dice()
    asked = {
        "response_type": "code",
        "client_id": connection.client_id,
        "redirect_uri": connection.redirect_uri,
        "scope": " ".join(SCOPES),
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    address = f"{authorization_origin(connection.url)}/oauth/authorize/?{urlencode(asked)}"
    return AuthorizationRequest(address=address, state=state, verifier=verifier)


def authorization_origin(url: str) -> str:
    """Where people consent: FreshBooks' own API has another host for it, any other server is asked itself.

    >>> authorization_origin("https://api.freshbooks.com")
    'https://auth.freshbooks.com'
    >>> authorization_origin("http://127.0.0.1:18777")
    'http://127.0.0.1:18777'
    """
    return url.replace("https://api.freshbooks.com", "https://auth.freshbooks.com", 1)


def challenge(verifier: str) -> str:
    """What may be shown of a verifier (RFC 7636, method S256, appendix B).

    >>> challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def code_in(request: AuthorizationRequest, pasted: str) -> str:
    """The code in what a person pasted: the whole address that the browser was sent to, or the code alone.

    Raises WrongAnswer if it is no answer to this question, Unauthorized if the owner declined.
    """
    text = pasted.strip()
    query = urlsplit(text).query or text
    if "=" in query:
        return code_of(request, dict(parse_qsl(query)))
    if not text or "/" in text or any(letter.isspace() for letter in text):
        raise WrongAnswer("That is neither an address with a code in it nor a code.")
    return text


def code_of(request: AuthorizationRequest, answer: Mapping[str, str]) -> str:
    """The code in the query that a redirect brought. Raises WrongAnswer, Unauthorized."""
    if not secrets.compare_digest(answer.get("state", "").encode(), request.state.encode()):
        raise WrongAnswer(
            "That answers another question than this one: its state differs. Open the address above and answer it anew."
        )
    if "error" in answer:
        raise Unauthorized("freshbooks", f"the consent was not given: {answer['error']}")
    if not answer.get("code"):
        raise WrongAnswer("There is no code in that address.")
    return answer["code"]


async def exchanged(
    connection: FreshbooksConnection,
    request: AuthorizationRequest,
    code: str,
    http: Http,
    now: datetime,
) -> Tokens:
    """The first tokens for a code. Raises Unauthorized with what FreshBooks does not like; a code whose answer was lost is used up."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": request.verifier,
        "client_id": connection.client_id,
        "client_secret": connection.client_secret,
        "redirect_uri": connection.redirect_uri,
    }
    call = Call(
        system="freshbooks",
        method="POST",
        url=f"{connection.url}/auth/oauth/token",
        headers={"content-type": "application/x-www-form-urlencoded"},
        content=urlencode(form).encode(),
        retries=0,
    )
    answer = await http.send(call, errors.TOKEN)
    if answer.status < 400:
        return granted(answer.content, now)
    if refusal_of(answer.content) == "invalid_grant":
        raise Unauthorized(
            "freshbooks", "the code is not valid (it works once, for five minutes); start again"
        )
    raise Unauthorized("freshbooks", f"no token for the code: {errors.words(answer.content)}")
