"""The page on which the owner accepts or declines what an application asks for, and the page that shows a code.

An application that no browser can be sent back to names `OUT_OF_BAND` as its redirect address (RFC 6749's
usual extension for it): the owner copies the code from a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from string import Template

from tieout_sandboxes.freshbooks.core import Business

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"

_FRAME = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>$title</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 34em; margin: 3em auto; padding: 0 1em }
button { font: inherit; padding: .5em 1.5em; margin-right: 1em }
code { overflow-wrap: anywhere }
</style>
</head>
<body>
<h1>$title</h1>
$body
<p><small>A stand-in for FreshBooks; nothing here is real.</small></p>
</body>
</html>
""")
_CONSENT = Template("""<p>The application <code>$client</code> asks for access to <strong>$business</strong>
(account <code>$account</code>), for which you are signed in as $owner.</p>
<p>It would be allowed to:</p>
<ul>
$scopes
</ul>
<p>Afterwards you are sent to <code>$redirect</code>.</p>
<form method="post">
$fields
<button name="decision" value="allow">Accept</button>
<button name="decision" value="deny">Decline</button>
</form>""")
_CODE = Template("""<p>Copy this code into the application. It works once, for five minutes.</p>
<p><code id="code">$code</code></p>""")
_REFUSED = Template("""<p>$description</p>""")


def consent_page(
    asked: Mapping[str, str], scopes: frozenset[str], business: Business, owner: str
) -> str:
    """What is asked for and by whom; its form carries everything that was asked on to the answer."""
    body = _CONSENT.substitute(
        client=escape(asked.get("client_id", "")),
        business=escape(business.name),
        account=escape(business.account_id),
        owner=escape(owner),
        redirect=escape(asked.get("redirect_uri", "")),
        scopes="\n".join(f"<li>{in_words(scope)}</li>" for scope in sorted(scopes)),
        fields="\n".join(_field(name, value) for name, value in asked.items()),
    )
    return _FRAME.substitute(title="Authorize an application", body=body)


def code_page(code: str) -> str:
    """The code itself, for an application that cannot be sent it."""
    return _FRAME.substitute(title="Authorization code", body=_CODE.substitute(code=escape(code)))


def refusal_page(description: str) -> str:
    """Why nothing can be asked of the owner."""
    body = _REFUSED.substitute(description=escape(description))
    return _FRAME.substitute(title="An error has occurred", body=body)


def in_words(scope: str) -> str:
    """What a scope allows, with its name.

    >>> in_words("user:credit_notes:read")
    'read your credit notes <code>user:credit_notes:read</code>'
    """
    _user, name, verb = scope.split(":")
    verb = {"read": "read", "write": "change"}[verb]
    return f"{verb} your {name.replace('_', ' ')} <code>{escape(scope)}</code>"


def _field(name: str, value: str) -> str:
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
